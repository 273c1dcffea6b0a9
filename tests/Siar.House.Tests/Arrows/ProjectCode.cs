using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Siar.House.Tests.Arrows;

/// <summary>The code of one project, bound by the compiler, so that it can be asked which file names what: namespaces and equal names do not deceive it.</summary>
internal sealed partial class ProjectCode
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest, DocumentationMode.None);

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(f => MetadataReference.CreateFromFile(f))];

    private readonly CSharpCompilation _compilation;

    /// <summary>Binds files as one project.</summary>
    /// <param name="name">The project's name.</param>
    /// <param name="files">The files, by their paths inside the project.</param>
    /// <param name="namespaces">Namespaces that the project's file has every file use.</param>
    public ProjectCode(string name, IEnumerable<(string Path, string Text)> files, IEnumerable<string>? namespaces = null)
    {
        Name = name;
        const string Usings =
            "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
            + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";
        _compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(Usings + string.Concat((namespaces ?? []).Select(n => $"global using {n}; ")), Options), .. files.Select(f => CSharpSyntaxTree.ParseText(f.Text, Options, f.Path))],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    public string Name { get; }

    /// <summary>Names that cannot be found: an arrow may hide behind each. What source generators would add does not count.</summary>
    public IEnumerable<string> Unresolved =>
        _compilation.GetDiagnostics().Where(d => d.Id is "CS0103" or "CS0234" or "CS0246").Select(d => d.ToString());

    /// <summary>The types that stand outside of others, with the file of each.</summary>
    public IEnumerable<INamedTypeSymbol> Types =>
        _compilation.SyntaxTrees.SelectMany(t => t.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
            .Where(d => d.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax)
            .Select(d => _compilation.GetSemanticModel(t).GetDeclaredSymbol(d)!)).Distinct(SymbolEqualityComparer.Default).Cast<INamedTypeSymbol>();

    /// <summary>Every place that names something of the project: the file that does, its line, and what is named.</summary>
    public IEnumerable<(string File, int Line, ISymbol Named)> Names
    {
        get
        {
            foreach (var tree in _compilation.SyntaxTrees)
            {
                var model = _compilation.GetSemanticModel(tree);
                foreach (var node in tree.GetRoot().DescendantNodes().Where(n => n is SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax))
                {
                    var info = model.GetSymbolInfo(node);
                    if ((info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is not { } symbol || symbol is INamespaceSymbol) continue;
                    yield return (tree.FilePath, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1, symbol.OriginalDefinition);
                }
            }
        }
    }

    /// <summary>The code of a room under <c>src</c>.</summary>
    public static ProjectCode Of(string room) => new(room, FilesOf(room), Using().Matches(Repository.Read($"src/{room}/{room}.csproj")).Select(u => u.Groups["name"].Value));

    /// <summary>The files of a room, by their paths inside it.</summary>
    public static IEnumerable<(string Path, string Text)> FilesOf(string room)
    {
        var folder = $"src/{room}/";
        return Repository.Files.Where(f => f.StartsWith(folder, StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal))
            .Select(f => (f[folder.Length..], Repository.Read(f)));
    }

    /// <summary>The files in which the type that something belongs to is declared; none where it is not the project's own.</summary>
    public static IEnumerable<string> FilesOf(ISymbol symbol) =>
        ((symbol as INamedTypeSymbol ?? symbol.ContainingType)?.OriginalDefinition.DeclaringSyntaxReferences ?? []).Select(r => r.SyntaxTree.FilePath);

    /// <summary>The folder of a file; empty for the project's root.</summary>
    public static string FolderOf(string file) => Path.GetDirectoryName(file)!.Replace('\\', '/');

    [GeneratedRegex("""<Using Include="(?<name>[^"]+)" />""", RegexOptions.ExplicitCapture)]
    private static partial Regex Using();
}
