using System.Text;

namespace AotKv.Process;

/// <summary>
/// Standard error. On Linux it is descriptor 2 itself, not a copy as the framework's console makes one: a background process puts the
/// descriptor on the null device, and nothing may go on holding the terminal or pipe of who started it.
/// </summary>
internal static class StandardError
{
    private const int Descriptor = 2;

    /// <summary>Where errors are written to; goes nowhere when the process was started without.</summary>
    public static Stream Stream { get; } = Open();

    /// <summary>Tells the operator something, in one line.</summary>
    public static void Complain(string message)
    {
        try
        {
            Stream.Write(Encoding.UTF8.GetBytes($"aotkv: {message}\n"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nobody reads it, or the process was started without.
        }
    }

    private static Stream Open()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Console.OpenStandardError();
        }

        // When it was closed, the number will be that of a file which the store opens.
        return ProcessCalls.IsOpen(Descriptor) ? new DescriptorStream(Descriptor) : Stream.Null;
    }
}
