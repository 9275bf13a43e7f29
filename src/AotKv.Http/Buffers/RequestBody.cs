using System.Buffers;
using System.IO.Pipelines;
using AotKv.Engine.Native;

namespace AotKv.Http.Buffers;

/// <summary>How reading a body ended.</summary>
internal enum BodyStatus
{
    Read,

    /// <summary>It passed the limit.</summary>
    TooLarge,

    /// <summary>No memory is left for it at the moment.</summary>
    NoMemory,
}

/// <summary>
/// A request's body, read whole: the store takes values in one piece. Short ones are in a pooled array, others outside of the managed
/// heap and counted; memory is taken as the bytes come, not as they are announced.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>Up to here a body is not counted.</summary>
    private const int SmallBytes = 64 << 10;

    private readonly ByteBudget _budget;
    private byte[]? _small;
    private NativeBuffer? _large;
    private int _length;

    private RequestBody(ByteBudget budget) => _budget = budget;

    public ReadOnlySpan<byte> Span => _large != null ? _large.Span[.._length] : _small.AsSpan(0, _length);

    public int Length => _length;

    /// <summary>It is so long that working through it may take a while.</summary>
    public bool IsLarge => _length > SmallBytes;

    /// <summary>Reads the body of a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="limit">The most bytes.</param>
    /// <exception cref="Microsoft.AspNetCore.Http.BadHttpRequestException">It broke off, came too slowly, or was larger than any may be.</exception>
    public static async ValueTask<(RequestBody Body, BodyStatus Status)> ReadAsync(HttpCall call, long limit)
    {
        RequestBody body = new(call.State.Buffers);
        try
        {
            long? announced = call.Request.ContentLength;
            BodyStatus status = announced > limit ? BodyStatus.TooLarge : await body.FillAsync(call.Request.BodyReader, limit, announced, call).ConfigureAwait(false);
            return (body, status);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_small != null)
        {
            ArrayPool<byte>.Shared.Return(_small);
            _small = null;
        }

        if (_large != null)
        {
            _budget.Give(_large.Length);
            _large.Dispose();
            _large = null;
        }
    }

    private async ValueTask<BodyStatus> FillAsync(PipeReader reader, long limit, long? announced, HttpCall call)
    {
        for (; ; )
        {
            ReadResult result = await reader.ReadAsync(call.Context.RequestAborted).ConfigureAwait(false);
            ReadOnlySequence<byte> bytes = result.Buffer;
            if (_length + bytes.Length > limit)
            {
                reader.AdvanceTo(bytes.End);
                return BodyStatus.TooLarge;
            }

            if (!TryAppend(bytes, announced ?? 0))
            {
                reader.AdvanceTo(bytes.End);
                return BodyStatus.NoMemory;
            }

            reader.AdvanceTo(bytes.End);
            if (result.IsCompleted)
            {
                return BodyStatus.Read;
            }
        }
    }

    private bool TryAppend(in ReadOnlySequence<byte> bytes, long announced)
    {
        int wanted = _length + (int)bytes.Length;
        if (_large == null && wanted <= SmallBytes)
        {
            if (_small == null || _small.Length < wanted)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, (int)Math.Min(announced, SmallBytes)));
                _small.AsSpan(0, _length).CopyTo(larger);
                if (_small != null)
                {
                    ArrayPool<byte>.Shared.Return(_small);
                }

                _small = larger;
            }

            bytes.CopyTo(_small.AsSpan(_length));
        }
        else
        {
            if (!TryGrow(wanted, announced))
            {
                return false;
            }

            bytes.CopyTo(_large!.Span[_length..]);
        }

        _length = wanted;
        return true;
    }

    /// <summary>Makes the native buffer at least so long: doubled each time, no longer than what was announced if that is enough.</summary>
    private bool TryGrow(int wanted, long announced)
    {
        int present = _large?.Length ?? 0;
        if (present >= wanted)
        {
            return true;
        }

        long length = Math.Min(Math.Max(Math.Max(present * 2L, wanted), SmallBytes * 4L), Math.Max(announced, wanted));
        length = Math.Min(announced >= wanted ? length : Math.Max(present * 2L, wanted), Array.MaxLength);
        if (!_budget.TryTake(length - present))
        {
            return false;
        }

        NativeBuffer buffer = _large ?? new NativeBuffer();
        if (!buffer.TryResize((int)length))
        {
            _budget.Give(length - present);
            return false;
        }

        if (_large == null)
        {
            _small.AsSpan(0, _length).CopyTo(buffer.Span);
        }

        _large = buffer;
        return true;
    }
}
