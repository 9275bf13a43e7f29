namespace AotKv.Wire.Tests.Scripting;

/// <summary>Something that a client sends.</summary>
internal interface IPayload
{
    /// <summary>The length in bytes, not exact when there are variables.</summary>
    int AboutBytes { get; }

    /// <summary>The bytes, with the variables put in.</summary>
    byte[] Expand(IReadOnlyDictionary<string, string> variables);
}
