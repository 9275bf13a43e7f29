using AotKv.Perf.Wire;

namespace AotKv.Perf.Driver;

/// <summary>A protocol the driver speaks: its encoder, and the loops compiled for its scanner.</summary>
internal abstract class WireProtocol
{
    /// <summary>The protocol that is spoken when none is named.</summary>
    public const string Classic = "classic";

    private static readonly WireProtocol[] Known =
    [
        new WireProtocol<ClassicScanner>(Classic, new ClassicEncoder()),
        new WireProtocol<MetaScanner>("meta", new MetaEncoder()),
        new WireProtocol<BinaryScanner>("binary", new BinaryEncoder()),
    ];

    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Writes its requests.</summary>
    public abstract IRequestEncoder Encoder { get; }

    /// <summary>The names of all, for messages.</summary>
    public static string Names => string.Join(", ", Array.ConvertAll(Known, protocol => protocol.Name));

    /// <summary>Finds one by name.</summary>
    /// <returns>The protocol, or null.</returns>
    public static WireProtocol? Find(string name) => Array.Find(Known, protocol => protocol.Name == name);

    /// <summary>A thread of the load generator.</summary>
    public abstract LoadWorker CreateWorker(LoadOptions options, RunState run, Tape tape, int index);

    /// <summary>Stores every key once.</summary>
    public abstract void Populate(LoadOptions options, TapeWriter writer);
}

/// <summary>A protocol with its scanner.</summary>
internal sealed class WireProtocol<TScanner>(string name, IRequestEncoder encoder) : WireProtocol
    where TScanner : struct, IReplyScanner
{
    public override string Name { get; } = name;

    public override IRequestEncoder Encoder { get; } = encoder;

    public override LoadWorker CreateWorker(LoadOptions options, RunState run, Tape tape, int index) =>
        new LoadWorker<TScanner>(options, run, tape, index);

    public override void Populate(LoadOptions options, TapeWriter writer) => Populator.Run<TScanner>(options, writer);
}
