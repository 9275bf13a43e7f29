using System.Security.Cryptography;
using System.Text;
using AotKv.Engine;
using AotKv.Http;
using AotKv.Http.Security;
using Microsoft.Playwright;

namespace AotKv.Browser.Tests;

public sealed class DashboardTests
{
    // Text and what lies behind it, by the formula of WCAG 2.
    private const string LowestContrast = """
        () => {
          const parse = c => c.match(/[\d.]+/g).map(Number);
          const light = c => { const [r, g, b] = c.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
          const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
          let worst = [99, ''];
          for (const e of document.querySelectorAll('body *')) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility()) continue;
            const a = light(parse(getComputedStyle(e).color).slice(0, 3)), b = light(behind(e));
            const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            if (ratio < worst[0]) worst = [ratio, e.textContent.trim()];
          }
          return worst[0] >= 4.5 ? 'good' : worst.join(' ');
        }
        """;

    private const string Places = "() => [...document.querySelectorAll('.card')].filter(c => !c.hidden).map(c => Math.round(c.offsetTop) + '+' + Math.round(c.offsetHeight)).join(' ')";

    [Theory]
    [InlineData("light", ColorScheme.Light, 1280, 900)]
    [InlineData("dark", ColorScheme.Dark, 1280, 900)]
    [InlineData("phone", ColorScheme.Light, 390, 844)]
    public async Task Dashboard_under_load_shows_numbers_that_move(string name, ColorScheme scheme, int width, int height)
    {
        await using Browser browser = await Browser.StartAsync();
        using BusyServer server = new();
        IPage page = await browser.OpenAsync(scheme, width, height);
        List<string> troubles = [];
        page.Console += (_, message) => AddIf(message.Type is "error" or "warning", message.Text);
        page.PageError += (_, error) => AddIf(true, error);
        page.Request += (_, request) => AddIf(!request.Url.StartsWith(server.Address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal), request.Url);

        await page.GotoAsync(server.Address);
        await page.WaitForFunctionAsync("() => document.getElementById('state').textContent === 'ready'");
        await page.WaitForFunctionAsync("() => series.get.filter(n => n > 0).length >= 8 && series.p99.some(n => n > 0) && series.ratio.some(n => n > 0)");
        Dictionary<string, string> before = await ReadAsync(page);
        string places = await page.EvaluateAsync<string>(Places);
        Assert.All(before, entry => Assert.NotEqual("–", entry.Value));
        await page.WaitForFunctionAsync(
            "before => ['rate', 'items-note', 'p99-note'].every(id => document.getElementById(id).textContent !== before[id])", before);
        await page.WaitForFunctionAsync("() => series.read.concat(series.unread).some(n => n > 0)");
        Assert.Equal(places, await page.EvaluateAsync<string>(Places));

        Directory.CreateDirectory(Browser.Screenshots);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, $"dashboard-{name}.png"), FullPage = true });
        Assert.NotEqual("", await page.Locator("#rate-chart path").First.GetAttributeAsync("d"));
        Assert.Contains("sessions", await page.Locator("#namespaces").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("turn of loop", await page.Locator("#slow").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("GET /v1/ns/{namespace}/keys/{key}", await page.Locator("#slow").InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen");
        Assert.Equal("good", await page.EvaluateAsync<string>(LowestContrast));
        Assert.Equal(0, await page.Locator("svg:not([role=img][aria-label]), input:not([aria-label]), section:not([aria-labelledby]):not(:has(h2))").CountAsync());
        Assert.Empty(troubles);

        void AddIf(bool isTrouble, string what)
        {
            if (isTrouble)
            {
                troubles.Add(what);
            }
        }
    }

    [Fact]
    public async Task Dashboard_with_tokens_asks_for_one_and_keeps_it_in_the_tab_only()
    {
        string file = Path.GetTempFileName();
        try
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("the-right-token-0123456789")));
            await File.WriteAllTextAsync(file, $"viewer {hash} read:*\n", TestContext.Current.CancellationToken);
            await using Browser browser = await Browser.StartAsync();
            using Store store = new(new StoreOptions());
            using HttpDoor door = HttpDoor.Start(new HttpOptions { Listen = [new("127.0.0.1", 0)], Tokens = TokenFile.Load(file) }, _ => { });
            door.Attach(store);
            IPage page = await browser.OpenAsync();
            await page.GotoAsync($"http://{door.EndPoints[0]}/");
            await page.Locator("#login").WaitForAsync();
            Assert.Equal("token needed", await page.Locator("#state").InnerTextAsync());
            await page.GetByLabel("Bearer token").FillAsync("a-wrong-one");
            await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
            await page.GetByText("The token was refused").WaitForAsync();
            await page.GetByLabel("Bearer token").FillAsync("the-right-token-0123456789");
            await page.Keyboard.PressAsync("Enter");
            await page.Locator("#login").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
            await page.WaitForFunctionAsync("() => document.getElementById('state').textContent === 'ready'");
            Assert.Equal("the-right-token-0123456789", await page.EvaluateAsync<string>("() => sessionStorage.getItem('aotkv-token')"));
            Assert.Equal(0, await page.EvaluateAsync<int>("() => localStorage.length + document.cookie.length"));
            door.Stop();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Dashboard_during_recovery_shows_how_far_it_is_and_then_the_figures()
    {
        await using Browser browser = await Browser.StartAsync();
        using HttpDoor door = HttpDoor.Start(new HttpOptions { Listen = [new("127.0.0.1", 0)] }, _ => { });
        door.Recovery.Report(new RecoveryProgress("indexing", 3, 12, 1_234_567, 100, 400, TimeSpan.FromSeconds(2)));
        IPage page = await browser.OpenAsync();
        await page.GotoAsync($"http://{door.EndPoints[0]}/");
        await page.Locator("#recovery").WaitForAsync();
        Assert.Equal("indexing: 3 of 12 segments, 1.23 M items, about 6 s left", await page.Locator("#recovery-text").InnerTextAsync());
        Assert.Equal(0.25, await page.EvaluateAsync<double>("() => document.getElementById('recovery-bar').position"));
        Directory.CreateDirectory(Browser.Screenshots);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, "dashboard-recovery.png") });
        using Store store = new(new StoreOptions());
        door.Attach(store);
        await page.Locator("#recovery").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await page.WaitForFunctionAsync("() => document.getElementById('state').textContent === 'ready'");
        door.Stop();
    }

    private static async Task<Dictionary<string, string>> ReadAsync(IPage page)
    {
        Dictionary<string, string> texts = [];
        foreach (string id in new[] { "rate", "hits", "p99", "p99-note", "items", "items-note", "connections", "busy" })
        {
            texts[id] = await page.Locator("#" + id).InnerTextAsync();
        }

        return texts;
    }
}
