using BenchmarkDotNet.Attributes;
using Siar.UrlPatterns;

namespace Siar.Bench.Micro.Topics;

/// <summary>A topic parsed as a URL, and matched with patterns of everyday and of the worst kind: 8,000 states, all awake.</summary>
public class UrlPatternBenchmarks
{
    private readonly Url _hub = Url.Parse("https://hub.example/.well-known/mercure");
    private readonly Url _book = Url.Parse("https://example.com/books/12345");
    private readonly Url _long = Url.Parse("https://example.com/" + new string('a', 4_000));
    private readonly UrlPattern _named = Create("https://example.com/books/:id");
    private readonly UrlPattern _wildcard = Create("https://example.com/*");
    private readonly UrlPattern _regexp = Create("https://example.com/books/:id(\\d+)");
    private readonly UrlPattern _worst = Create("https://example.com/((?:a?){2650})b");

    /// <summary>An absolute URL.</summary>
    [Benchmark]
    public bool ParseAbsolute() => Url.TryParse("https://example.com/books/12345", _hub, out _);

    /// <summary>A relative topic.</summary>
    [Benchmark]
    public bool ParseRelative() => Url.TryParse("/books/12345", _hub, out _);

    /// <summary>A named group.</summary>
    [Benchmark(Baseline = true)]
    public bool Named() => _named.IsMatch(_book);

    /// <summary>A wildcard to the end.</summary>
    [Benchmark]
    public bool Wildcard() => _wildcard.IsMatch(_book);

    /// <summary>A regular expression.</summary>
    [Benchmark]
    public bool Regexp() => _regexp.IsMatch(_book);

    /// <summary>As many states as may be, on a short URL.</summary>
    [Benchmark]
    public bool WorstOnShort() => _worst.IsMatch(_book);

    /// <summary>As many states as may be, on a URL as long as a topic may be.</summary>
    [Benchmark]
    public bool WorstOnLong() => _worst.IsMatch(_long);

    /// <summary>A pattern from its text.</summary>
    [Benchmark]
    public bool Make() => UrlPattern.TryCreate("https://example.com/books/:id", null, out _, out _);

    private static UrlPattern Create(string text) => UrlPattern.TryCreate(text, null, out var pattern, out var error) ? pattern : throw new FormatException(error);
}
