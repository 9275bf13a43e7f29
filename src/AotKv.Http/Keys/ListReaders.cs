using System.Buffers.Binary;
using AotKv.Engine;
using AotKv.Http.Text;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Http.Keys;

internal static partial class ListEndpoints
{
    /// <summary>Writes each item with the prefix as an object: key, revision, size, flags, and the ttl of those that have one.</summary>
    private struct ListReader(ArrayPoolBufferWriter<byte> output, byte[] prefix, int left, long now, bool isFirst) : IScanReader
    {
        public int Left { get; private set; } = left;

        public readonly bool IsFull => Left <= 0 || output.WrittenCount >= MostPageBytes;

        private bool IsFirst { get; set; } = isFirst;

        public void Read(in Item item)
        {
            if (!item.Key.StartsWith(prefix))
            {
                return;
            }

            JsonStrings.Put(output, IsFirst ? "{"u8 : ",{"u8);
            IsFirst = false;
            Left--;
            JsonStrings.WriteMember(output, "key"u8, item.Key);
            JsonStrings.Put(output, ",\"revision\":"u8);
            JsonStrings.PutNumber(output, item.Revision);
            JsonStrings.Put(output, ",\"size\":"u8);
            JsonStrings.PutNumber(output, (long)item.Value.Length);
            JsonStrings.Put(output, ",\"flags\":"u8);
            JsonStrings.PutNumber(output, (long)item.ClientFlags);
            if (item.ExpiryMilliseconds != 0)
            {
                JsonStrings.Put(output, ",\"ttl\":"u8);
                JsonStrings.PutNumber(output, Math.Max(item.ExpiryMilliseconds - now, 0));
            }

            JsonStrings.Put(output, "}"u8);
        }
    }

    /// <summary>Copies keys with the prefix, their lengths before them: nothing may be deleted during a scan's step.</summary>
    private struct PrefixReader(ArrayPoolBufferWriter<byte> keys, byte[] prefix) : IScanReader
    {
        public readonly bool IsFull => false;

        public readonly void Read(in Item item)
        {
            if (item.Key.StartsWith(prefix))
            {
                Span<byte> at = keys.GetSpan(sizeof(ushort) + item.Key.Length);
                BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)item.Key.Length);
                item.Key.CopyTo(at[sizeof(ushort)..]);
                keys.Advance(sizeof(ushort) + item.Key.Length);
            }
        }
    }
}
