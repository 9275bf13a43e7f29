namespace AotKv.Engine;

/// <summary>How far a scan of the store has come. The default is the beginning; a copy can be kept and gone on from.</summary>
public struct ScanPosition
{
    internal int Stripe;
    internal uint Tag;
}
