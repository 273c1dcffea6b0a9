using Siar.House.Tests.Docs;
using Siar.House.Tests.Docs.Commands;

namespace Siar.House.Tests.Samples;

/// <summary>The code on the first page is that of a sample, and the sample runs.</summary>
public sealed class MinimalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void The_readme_shows_the_sample() =>
        Pages.Tested("csharp").First(b => string.Equals(b.Page, "README.md", StringComparison.Ordinal)).Text.Trim()
            .ShouldBe(Repository.Read("samples/Minimal/Program.cs").Trim());

    [Fact]
    public async Task What_is_posted_to_the_sample_comes_out_of_its_stream()
    {
        var program = Repository.PathOf($"artifacts/bin/Minimal/{Repository.Configuration}/Minimal.dll");
        using var sample = Shell.Start($"dotnet '{program}' --urls http://127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = await sample.Address.WaitAsync(Patience), Timeout = Patience };
        await using var stream = await http.GetStreamAsync(new Uri("/live", UriKind.Relative));
        using var lines = new StreamReader(stream);

        using var posted = await http.PostAsync(new Uri("/prices/eurusd?value=1.07", UriKind.Relative), content: null);
        posted.EnsureSuccessStatusCode();

        string? line;
        do line = await lines.ReadLineAsync().WaitAsync(Patience);
        while (line is not null && !line.Contains("eurusd", StringComparison.Ordinal));
        line.ShouldBe("data: eurusd 1.07", sample.Output);
    }
}
