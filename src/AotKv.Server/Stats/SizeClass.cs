namespace AotKv.Server.Stats;

/// <summary>
/// The slab class that memcached would keep an item in, with its default options: 96 bytes, then a quarter more each, rounded up to
/// 8, up to half a mebibyte. Items are not kept by class here; tools ask for the number.
/// </summary>
internal static class SizeClass
{
    private const int FirstBytes = 96;
    private const int LargestBytes = 512 << 10;
    private const double Growth = 1.25;

    private static readonly int[] Sizes = MakeSizes();

    /// <summary>The class of an item.</summary>
    /// <param name="itemBytes">Bytes that memcached would count for it: key, value and 59 to 63 more.</param>
    /// <returns>1 to 39.</returns>
    public static uint Of(int itemBytes)
    {
        int index = Array.BinarySearch(Sizes, Math.Min(itemBytes, LargestBytes));
        return (uint)(index < 0 ? ~index : index) + 1;
    }

    private static int[] MakeSizes()
    {
        List<int> sizes = [];
        for (double size = FirstBytes; size < LargestBytes / Growth; size *= Growth)
        {
            size = Math.Ceiling(Math.Truncate(size) / 8) * 8;
            sizes.Add((int)size);
        }

        return [.. sizes, LargestBytes];
    }
}
