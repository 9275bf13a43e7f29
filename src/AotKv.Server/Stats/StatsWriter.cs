using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CommunityToolkit.HighPerformance;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Server.Stats;

/// <summary>Writes <c>STAT name value</c> lines.</summary>
internal readonly struct StatsWriter
{
    private readonly ArrayPoolBufferWriter<byte> _output;

    public StatsWriter(ArrayPoolBufferWriter<byte> output) => _output = output;

    public void Line(ReadOnlySpan<byte> name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int length);
        Line(name, digits[..length]);
    }

    public void Line(ReadOnlySpan<byte> name, string value) => Line(name, Encoding.UTF8.GetBytes(value));

    public void Line(ReadOnlySpan<byte> name, bool value) => Line(name, value ? "yes"u8 : "no"u8);

    /// <summary>A number with so many digits behind the point.</summary>
    public void Line(ReadOnlySpan<byte> name, double value, int digits) =>
        Line(name, value.ToString($"F{digits}", CultureInfo.InvariantCulture));

    /// <summary>Seconds with six digits behind the point, as memcached prints CPU times.</summary>
    public void Line(ReadOnlySpan<byte> name, TimeSpan value) =>
        Line(name, value.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture));

    public void Line(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _output.Write("STAT "u8);
        _output.Write(name);
        _output.Write((byte)' ');
        _output.Write(value);
        _output.Write("\r\n"u8);
    }

    /// <summary>The line behind the last.</summary>
    public void End() => _output.Write("END\r\n"u8);
}
