using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>
/// Holds what every benchmark allocates against allocation-budget.json: bytes for each operation, by class and method. It runs the
/// benchmarks itself, with the smallest parameters and without BenchmarkDotNet, so it takes seconds and needs no quiet machine.
/// </summary>
internal static class AllocationBudget
{
    /// <summary>The file, beside the program.</summary>
    public const string FileName = "allocation-budget.json";

    private const int WarmUpCalls = 20;
    private const int MeasuredCalls = 20;
    private const int Attempts = 5;

    /// <summary>Every benchmark that allocates more than its budget, or has none, or a budget without a benchmark; empty when all is well.</summary>
    /// <param name="progress">Told of each measurement.</param>
    public static List<string> Check(Action<string> progress)
    {
        Dictionary<string, double> budget = Read();
        List<string> faults = [];
        foreach (Type type in typeof(AllocationBudget).Assembly.GetTypes())
        {
            MethodInfo[] methods = [.. type.GetMethods().Where(method => method.GetCustomAttribute<BenchmarkAttribute>() != null)];
            if (methods.Length > 0)
            {
                CheckType(type, methods, budget, faults, progress);
            }
        }

        faults.AddRange(budget.Keys.Select(name => $"{name}: a budget, but no such benchmark"));
        return faults;
    }

    private static void CheckType(Type type, MethodInfo[] methods, Dictionary<string, double> budget, List<string> faults, Action<string> progress)
    {
        foreach (MethodInfo method in methods)
        {
            string name = $"{type.Name}.{method.Name}";
            if (!budget.Remove(name, out double allowed))
            {
                faults.Add($"{name}: no budget in {FileName}");
                continue;
            }

            double bytes = Measure(type, method);
            progress(string.Create(CultureInfo.InvariantCulture, $"{name,-56} {bytes,8:F1} bytes of {allowed:F1}"));
            if (bytes > allowed)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {bytes:F1} bytes for each operation, {allowed:F1} allowed"));
            }
        }
    }

    /// <summary>Bytes that one operation allocates on this thread; the least of several attempts, since a compiler may step in once.</summary>
    private static double Measure(Type type, MethodInfo method)
    {
        object subject = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in type.GetProperties())
        {
            if (property.GetCustomAttribute<ParamsAttribute>() is { } parameters)
            {
                property.SetValue(subject, parameters.Values[0]);
            }
        }

        Call<GlobalSetupAttribute>(type, subject, method.Name);
        Action run = Bind(subject, method);
        long least = long.MaxValue;
        for (int i = 0; i < WarmUpCalls; i++)
        {
            run();
        }

        for (int attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < MeasuredCalls; i++)
            {
                run();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Call<GlobalCleanupAttribute>(type, subject, method.Name);
        return (double)least / MeasuredCalls / method.GetCustomAttribute<BenchmarkAttribute>()!.OperationsPerInvoke;
    }

    /// <summary>A call that boxes nothing of its own, unlike that of reflection.</summary>
    private static Action Bind(object subject, MethodInfo method)
    {
        if (method.ReturnType == typeof(void))
        {
            return method.CreateDelegate<Action>(subject);
        }

        MethodInfo bind = typeof(AllocationBudget).GetMethod(nameof(BindResult), BindingFlags.Static | BindingFlags.NonPublic)!;
        return (Action)bind.MakeGenericMethod(method.ReturnType).Invoke(null, [subject, method])!;
    }

    private static Action BindResult<TResult>(object subject, MethodInfo method)
    {
        Func<TResult> run = method.CreateDelegate<Func<TResult>>(subject);
        return () => run();
    }

    /// <summary>Calls what is meant for a benchmark, or else what is meant for those that have nothing of their own.</summary>
    private static void Call<TAttribute>(Type type, object subject, string benchmark)
        where TAttribute : TargetedAttribute
    {
        MethodInfo[] all = [.. type.GetMethods().Where(method => method.GetCustomAttribute<TAttribute>() != null)];
        MethodInfo[] own = Array.FindAll(all, method => method.GetCustomAttribute<TAttribute>()!.Targets.Contains(benchmark));
        foreach (MethodInfo method in own.Length > 0 ? own : Array.FindAll(all, method => method.GetCustomAttribute<TAttribute>()!.Targets.Length == 0))
        {
            method.Invoke(subject, null);
        }
    }

    private static Dictionary<string, double> Read()
    {
        using JsonDocument file = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, FileName)), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        Dictionary<string, double> budget = [];
        Add(budget, file.RootElement.GetProperty("bytesPerOperation"));
        if (typeof(Server.ServerOptions).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
        {
            // The states of async methods are objects in a debug build, and structs in all others.
            Add(budget, file.RootElement.GetProperty("bytesPerOperationOfDebugBuilds"));
        }

        return budget;
    }

    private static void Add(Dictionary<string, double> budget, JsonElement part)
    {
        foreach (JsonProperty type in part.EnumerateObject())
        {
            foreach (JsonProperty method in type.Value.EnumerateObject())
            {
                budget[$"{type.Name}.{method.Name}"] = method.Value.GetDouble();
            }
        }
    }
}
