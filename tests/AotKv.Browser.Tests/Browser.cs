using Microsoft.Playwright;

namespace AotKv.Browser.Tests;

/// <summary>
/// The system's chromium, without a window. Where there is none the tests are skipped; where <c>AOTKV_REQUIRE_PEERS</c> is set, as in the
/// automatic checks, they fail.
/// </summary>
public sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Where screenshots are kept.</summary>
    public static string Screenshots { get; } = Path.Combine(Root(), "artifacts", "screenshots");

    public static async Task<Browser> StartAsync()
    {
        string[] names = ["chromium", "chromium-browser", "google-chrome"];
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (program == null)
        {
            const string Message = "chromium is not installed (apt-get install chromium)";
            if (Environment.GetEnvironmentVariable("AOTKV_REQUIRE_PEERS") == "1")
            {
                Assert.Fail(Message);
            }

            Assert.Skip(Message);
        }

        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
            Timeout = 120_000,
        });
        return new(playwright, browser);
    }

    /// <summary>A page with a session of its own.</summary>
    public async Task<IPage> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900)
    {
        IBrowserContext context = await _browser.NewContextAsync(new()
        {
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = height },
            DeviceScaleFactor = width < 600 ? 2 : 1,
        });
        context.SetDefaultTimeout(120_000);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder != null && !File.Exists(Path.Combine(folder, "AotKv.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the repository was not found above the tests");
    }
}
