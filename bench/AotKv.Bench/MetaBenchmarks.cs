using System.Text;
using AotKv.Protocol;
using AotKv.Protocol.Meta;
using AotKv.Protocol.Text;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>The meta protocol: bytes to requests with their flags, outcomes to bytes.</summary>
public class MetaBenchmarks
{
    private readonly byte[] _get = Encoding.ASCII.GetBytes("mg k000000000012345 k f v\r\n");
    private readonly byte[] _busyGet = Encoding.ASCII.GetBytes("mg k000000000012345 s v t f c q O1234567 T300\r\n");
    private readonly byte[] _set = Encoding.ASCII.GetBytes("ms k000000000012345 100 T300 F7\r\n");
    private readonly byte[] _key = Encoding.ASCII.GetBytes("k000000000012345");
    private readonly byte[] _reply = new byte[MetaComposer.MaxLineLength];
    private readonly MetaRequest _request;

    public MetaBenchmarks()
    {
        TextParser.Parse(_get, 0, out Request request);
        MetaParser.Parse(_get, ref request, out _request);
    }

    [Benchmark]
    public ParseStatus ParseGet() => Parse(_get);

    [Benchmark]
    public ParseStatus ParseGetWithEightFlags() => Parse(_busyGet);

    [Benchmark]
    public ParseStatus ParseSet() => Parse(_set);

    [Benchmark]
    public int ComposeValueLine() =>
        MetaComposer.WithItem(_reply, _request, MetaStatus.Value, new MetaItem { Key = _key, Size = 100, ClientFlags = 7 }, default);

    [Benchmark]
    public int ComposeMiss() => MetaComposer.WithoutItem(_reply, _request, MetaStatus.Miss, _key, default);

    private static ParseStatus Parse(byte[] line)
    {
        TextParser.Parse(line, 0, out Request request);
        return MetaParser.Parse(line, ref request, out _);
    }
}
