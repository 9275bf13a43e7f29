namespace AotKv.Server.Auth;

/// <summary>Knows who may log in. Called on the loops: it must neither block nor allocate, and take as long for a wrong password as for a right one.</summary>
public interface ICredentialStore
{
    /// <summary>Says whether a name and its password are right.</summary>
    /// <param name="name">As sent; may be empty.</param>
    /// <param name="password">As sent; may be empty.</param>
    bool Verify(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password);
}
