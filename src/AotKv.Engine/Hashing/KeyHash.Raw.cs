// Relies on: reads stay inside the span (every load below is guarded by a length check just before it).
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AesArm = System.Runtime.Intrinsics.Arm.Aes;
using AesX86 = System.Runtime.Intrinsics.X86.Aes;

namespace AotKv.Engine.Hashing;

/// <summary>
/// A keyed 64-bit hash of keys: without the seed a client cannot choose keys that collide. AES rounds keyed with 256 secret
/// bits where the processor has them, SipHash-1-3 (Aumasson and Bernstein, 2012) elsewhere. Values differ between the two, and
/// between processes: they are never stored.
/// </summary>
internal sealed class KeyHash
{
    private readonly ulong _sip0;
    private readonly ulong _sip1;
    private readonly Vector128<byte> _key0;
    private readonly Vector128<byte> _key1;
    private readonly Vector128<byte> _key2;

    public KeyHash(ulong seed)
    {
        ulong state = seed;
        _sip0 = NextSecret(ref state);
        _sip1 = NextSecret(ref state);
        _key0 = Vector128.Create(NextSecret(ref state), NextSecret(ref state)).AsByte();
        _key1 = Vector128.Create(NextSecret(ref state), NextSecret(ref state)).AsByte();
        _key2 = Vector128.Create(NextSecret(ref state), NextSecret(ref state)).AsByte();
    }

    /// <summary>Hashes a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ReadOnlySpan<byte> key) => AesX86.IsSupported || AesArm.IsSupported ? HashAes(key) : HashSip(key);

    /// <summary>The AES form. Any length; 16 bytes a step, the last step overlaps the one before.</summary>
    internal ulong HashAes(ReadOnlySpan<byte> key)
    {
        ref byte start = ref MemoryMarshal.GetReference(key);
        nuint length = (nuint)key.Length;
        Vector128<byte> state = _key0 ^ Vector128.CreateScalar((ulong)length).AsByte();
        Vector128<byte> tail;
        if (length >= 16)
        {
            nuint at = 0;
            for (; at + 16 < length; at += 16)
            {
                state = Round(state ^ Vector128.LoadUnsafe(ref start, at), _key1);
                state = Round(state, _key2);
            }

            tail = Vector128.LoadUnsafe(ref start, length - 16);
        }
        else if (length >= 8)
        {
            ulong low = Unsafe.ReadUnaligned<ulong>(ref start);
            ulong high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8));
            tail = Vector128.Create(low, high).AsByte();
        }
        else if (length >= 4)
        {
            uint low = Unsafe.ReadUnaligned<uint>(ref start);
            uint high = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - 4));
            tail = Vector128.CreateScalar(low | ((ulong)high << 32)).AsByte();
        }
        else
        {
            uint packed = length == 0 ? 0 : start | ((uint)Unsafe.Add(ref start, length >> 1) << 8) | ((uint)Unsafe.Add(ref start, length - 1) << 16);
            tail = Vector128.CreateScalar((ulong)packed).AsByte();
        }

        state = Round(state ^ tail, _key1);
        state = Round(state, _key2);
        state = Round(state, _key0);
        return state.AsUInt64().ToScalar() ^ state.AsUInt64().GetElement(1);
    }

    /// <summary>SipHash-1-3, for processors without AES instructions.</summary>
    internal ulong HashSip(ReadOnlySpan<byte> key)
    {
        ulong v0 = _sip0 ^ 0x736f6d6570736575, v1 = _sip1 ^ 0x646f72616e646f6d;
        ulong v2 = _sip0 ^ 0x6c7967656e657261, v3 = _sip1 ^ 0x7465646279746573;
        ulong last = (ulong)key.Length << 56;
        ReadOnlySpan<byte> rest = key;
        while (rest.Length >= 8)
        {
            ulong word = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(rest);
            v3 ^= word;
            SipRound(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
            rest = rest[8..];
        }

        for (int i = 0; i < rest.Length; i++)
        {
            last |= (ulong)rest[i] << (8 * i);
        }

        v3 ^= last;
        SipRound(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xff;
        SipRound(ref v0, ref v1, ref v2, ref v3);
        SipRound(ref v0, ref v1, ref v2, ref v3);
        SipRound(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Round(Vector128<byte> state, Vector128<byte> key) =>
        AesX86.IsSupported ? AesX86.Encrypt(state, key) : AesArm.MixColumns(AesArm.Encrypt(state, key));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SipRound(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood, 2014): spreads one seed over the secrets.</summary>
    private static ulong NextSecret(ref ulong state)
    {
        ulong z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
