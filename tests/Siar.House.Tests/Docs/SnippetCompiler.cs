using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Siar.House.Tests.Docs;

/// <summary>
/// Compiles a snippet as a web project would: as a program of top-level statements, with the web SDK's implicit usings, against every
/// room. What a snippet uses without declaring it (<c>app</c>, <c>hub</c>, …) is put before it, as the page's reader would have it.
/// </summary>
internal static class SnippetCompiler
{
    private const string ImplicitUsings =
        """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Net.Http.Json; global using System.Threading; global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.Logging;
        """;

    /// <summary>What stands before a snippet that uses the name, in this order.</summary>
    private static readonly (string Name, string Declaration)[] Given =
    [
        ("builder", "var builder = WebApplication.CreateBuilder(args);"),
        ("app", "builder.Services.AddSiar(); var app = builder.Build();"),
        ("hub", "var hub = app.Services.GetRequiredService<Siar.Hub.IHub>();"),
        ("cancellationToken", "CancellationToken cancellationToken = default;"),
    ];

    private static readonly CSharpParseOptions Parse = new(LanguageVersion.Latest, DocumentationMode.None);

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(f => MetadataReference.CreateFromFile(f))];

    /// <summary>The errors of the compiler, each with the snippet's own line; none where it compiles.</summary>
    public static IReadOnlyList<string> Errors(string snippet)
    {
        HashSet<string> given = [];
        while (true)
        {
            var errors = Compile(Prelude(given) + "#line 1 \"snippet\"\n" + snippet);
            var missing = Given.Select(g => g.Name).FirstOrDefault(n => !given.Contains(n) && errors.Any(e => IsUnknown(e, n)));
            if (missing is null) return [.. errors.Select(e => e.ToString())];
            given.Add(missing);
        }
    }

    private static string Prelude(HashSet<string> given) =>
        string.Concat(Given.Where(g => given.Contains(g.Name)).Select(g => g.Declaration + "\n"));

    private static bool IsUnknown(Diagnostic error, string name) =>
        error.Id is "CS0103" && error.GetMessage().Contains($"'{name}'", StringComparison.Ordinal);

    private static Diagnostic[] Compile(string text)
    {
        var usings = text.Split('\n').Where(IsUsing);
        var rest = text.Split('\n').Select(l => IsUsing(l) ? "" : l);
        var program = CSharpSyntaxTree.ParseText(string.Join('\n', usings) + "\n" + string.Join('\n', rest), Parse);
        var compilation = CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, Parse), program],
            References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        return [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)];
    }

    /// <summary>A directive, not a statement: those must come before what is given.</summary>
    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=') && !line.Contains('(');
}
