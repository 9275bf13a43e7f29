using System.Diagnostics;
using System.Text;

namespace AotKv.Wire.Tests.Servers;

/// <summary>Runs other programs to their end.</summary>
internal static class Programs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program; its exit code and all it wrote. One that does not end is killed and fails the test.</summary>
    public static (int Code, string Output) Run(string program, params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        var output = new StringBuilder();
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end. It said:\n{output}");
        }

        process.WaitForExit();
        return (process.ExitCode, output.ToString());

        void Keep(object sender, DataReceivedEventArgs e)
        {
            lock (output)
            {
                if (e.Data != null && output.Length < 100_000)
                    output.AppendLine(e.Data);
            }
        }
    }
}
