using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// Asks the system for the ends of a descriptor. Relies on: the layout of sockaddr_in, sockaddr_in6 and sockaddr_un on Linux; the
/// descriptor may be closed, or be another connection's, by the time of the call, which then says something else, or nothing.
/// </summary>
internal static unsafe partial class SocketNames
{
    private const int MaxNameBytes = 128; // sockaddr_storage
    private const int FamilyUnix = 1;
    private const int FamilyVersion4 = 2;
    private const int FamilyVersion6 = 10;

    /// <summary>The server's end.</summary>
    public static SocketName Local(int descriptor)
    {
        byte* name = stackalloc byte[MaxNameBytes];
        int length = MaxNameBytes;
        return GetLocal(descriptor, name, &length) == 0 ? Read(new(name, Math.Min(length, MaxNameBytes))) : SocketName.Of(null);
    }

    /// <summary>The client's end.</summary>
    public static SocketName Remote(int descriptor)
    {
        byte* name = stackalloc byte[MaxNameBytes];
        int length = MaxNameBytes;
        return GetRemote(descriptor, name, &length) == 0 ? Read(new(name, Math.Min(length, MaxNameBytes))) : SocketName.Of(null);
    }

    private static SocketName Read(ReadOnlySpan<byte> name)
    {
        int family = name.Length < 2 ? 0 : BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(name) : BinaryPrimitives.ReadUInt16BigEndian(name);
        switch (family)
        {
            case FamilyVersion4 when name.Length >= 8:
                return new(AddressFamily.InterNetwork, new IPAddress(name.Slice(4, 4)).ToString(), BinaryPrimitives.ReadUInt16BigEndian(name[2..]));
            case FamilyVersion6 when name.Length >= 24:
                return new(AddressFamily.InterNetworkV6, new IPAddress(name.Slice(8, 16)).ToString(), BinaryPrimitives.ReadUInt16BigEndian(name[2..]));
            case FamilyUnix:
                ReadOnlySpan<byte> path = name[2..];
                int end = path.IndexOf((byte)0);
                return new(AddressFamily.Unix, Encoding.UTF8.GetString(end < 0 ? path : path[..end]), 0);
            default:
                return SocketName.Of(null);
        }
    }

    [LibraryImport("libc", EntryPoint = "getsockname")]
    private static partial int GetLocal(int descriptor, void* name, int* length);

    [LibraryImport("libc", EntryPoint = "getpeername")]
    private static partial int GetRemote(int descriptor, void* name, int* length);
}
