using System.Text;
using AotKv.Protocol;
using AotKv.Protocol.Text;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>The classic protocol: bytes to requests, outcomes to bytes.</summary>
public class TextBenchmarks
{
    private const int KeysOfMany = 100;

    private readonly byte[] _get = Line("get k000000000012345\r\n");
    private readonly byte[] _set = Line("set k000000000012345 0 0 100\r\n");
    private readonly byte[] _delete = Line("delete k000000000012345\r\n");
    private readonly byte[] _increment = Line("incr k000000000012345 1\r\n");
    private readonly byte[] _cut = Line("get k0000000000123");
    private readonly byte[] _many = Line("get" + string.Concat(Enumerable.Range(0, KeysOfMany).Select(i => $" k{i:x15}")) + "\r\n");
    private readonly byte[] _key = Line("k000000000012345");
    private readonly byte[] _reply = new byte[512];

    [Benchmark]
    public ParseStatus ParseGet() => TextParser.Parse(_get, 0, out _);

    [Benchmark]
    public ParseStatus ParseSet() => TextParser.Parse(_set, 0, out _);

    [Benchmark]
    public ParseStatus ParseDelete() => TextParser.Parse(_delete, 0, out _);

    [Benchmark]
    public ParseStatus ParseIncrement() => TextParser.Parse(_increment, 0, out _);

    [Benchmark]
    public ParseStatus ParseCutLine() => TextParser.Parse(_cut, 0, out _);

    /// <summary>A get of 100 keys, and the walk over them; per key.</summary>
    [Benchmark(OperationsPerInvoke = KeysOfMany)]
    public int ParseMultiGetKey()
    {
        TextParser.Parse(_many, 0, out Request request);
        var keys = new KeyList(_many.AsSpan(request.KeyOffset, request.KeysLength));
        int bytes = 0;
        while (keys.MoveNext())
        {
            bytes += keys.Current.Length;
        }

        return bytes;
    }

    [Benchmark]
    public int ComposeValueHeader() => TextComposer.ValueHeader(_reply, _key, 0, 100);

    [Benchmark]
    public int ComposeValueHeaderWithCas() => TextComposer.ValueHeader(_reply, _key, 4_000_000_000, 1_000_000, 1_700_000_000_000_000);

    [Benchmark]
    public int ComposeNumber() => TextComposer.Number(_reply, 1_234_567_890);

    private static byte[] Line(string text) => Encoding.ASCII.GetBytes(text);
}
