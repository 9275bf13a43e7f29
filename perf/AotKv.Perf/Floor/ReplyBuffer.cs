using System.Globalization;
using System.Text;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Floor;

/// <summary>Bytes that grow.</summary>
internal sealed class ReplyBuffer
{
    private byte[] _bytes = new byte[256 << 10];
    private int _count;

    /// <summary>What was appended.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _count);

    /// <summary>Makes it empty.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds bytes at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - _count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _count + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_count));
        _count += bytes.Length;
    }
}

/// <summary>The constants a floor server answers.</summary>
internal sealed class FloorReplies
{
    /// <summary>Makes them for keys and values of given lengths.</summary>
    public FloorReplies(int keyBytes, int valueBytes)
    {
        byte[] key = new byte[keyBytes];
        KeySpace.Write(0, key);
        string line = string.Create(CultureInfo.InvariantCulture, $"VALUE {Encoding.ASCII.GetString(key)} 0 {valueBytes}\r\n");
        Value = [.. Encoding.ASCII.GetBytes(line), .. new ValuePool(valueBytes).Slice(0, 0, valueBytes), .. "\r\n"u8];
    }

    /// <summary>The value of any key, with its line and its end.</summary>
    public byte[] Value { get; }
}
