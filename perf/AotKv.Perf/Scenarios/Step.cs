using System.Globalization;

namespace AotKv.Perf.Scenarios;

/// <summary>What a request does.</summary>
public enum StepKind : byte
{
    /// <summary>Reads one or several keys.</summary>
    Get,

    /// <summary>Stores a value.</summary>
    Set,

    /// <summary>Deletes a key.</summary>
    Delete,

    /// <summary>Adds 1 to a number.</summary>
    Increment,

    /// <summary>Gives a key a new time to live.</summary>
    Touch,

    /// <summary>Reads a key and gives it a new time to live.</summary>
    GetAndTouch,
}

/// <summary>One kind of request of a scenario, and how often it comes.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Weight">Its share is this over the sum of all weights.</param>
/// <param name="Keys">Keys in one request; more than 1 only for <see cref="StepKind.Get"/>.</param>
public sealed record Step(StepKind Kind, uint Weight, int Keys = 1)
{
    private static readonly (string Name, StepKind Kind)[] Names =
    [
        ("get", StepKind.Get), ("set", StepKind.Set), ("delete", StepKind.Delete), ("incr", StepKind.Increment),
        ("touch", StepKind.Touch), ("gat", StepKind.GetAndTouch),
    ];

    private const uint MaxWeight = 1_000_000;

    /// <summary>The most keys one request may have.</summary>
    public const int MaxKeys = 1000;

    /// <summary>Reads a list as <c>get:90,set:10</c> or <c>get*100:1</c> (100 keys in one get).</summary>
    /// <param name="text">The text.</param>
    /// <param name="steps">The steps.</param>
    /// <returns>Whether the text could be read.</returns>
    public static bool TryParse(string text, out Step[] steps)
    {
        string[] parts = text.Split(',');
        steps = new Step[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            string[] stepAndWeight = parts[i].Split(':');
            string[] nameAndKeys = stepAndWeight[0].Split('*');
            int named = Array.FindIndex(Names, pair => pair.Name == nameAndKeys[0]);
            uint weight = 1;
            uint keys = 1;
            if (named < 0 || stepAndWeight.Length > 2 || nameAndKeys.Length > 2
                || (stepAndWeight.Length == 2 && !TryNumber(stepAndWeight[1], MaxWeight, out weight))
                || (nameAndKeys.Length == 2 && !TryNumber(nameAndKeys[1], MaxKeys, out keys))
                || (keys > 1 && Names[named].Kind != StepKind.Get))
            {
                return false;
            }

            steps[i] = new Step(Names[named].Kind, weight, (int)keys);
        }

        return true;
    }

    private static bool TryNumber(string text, uint max, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max;

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Array.Find(Names, pair => pair.Kind == Kind).Name}{(Keys > 1 ? $"*{Keys}" : "")}:{Weight}");
}
