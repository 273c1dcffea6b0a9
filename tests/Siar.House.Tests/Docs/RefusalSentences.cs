using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Siar.House.Tests.Docs;

/// <summary>A sentence that a hub answers a request with.</summary>
/// <param name="Place">The file.</param>
/// <param name="Text">The sentence, with <c>…</c> where it holds something of the request or of the hub.</param>
/// <param name="Status">The status; null where the code that answers with it is elsewhere.</param>
internal sealed record RefusalSentence(string Place, string Text, int? Status);

/// <summary>Finds in the code the sentences that requests are refused with.</summary>
internal static partial class RefusalSentences
{
    // Where what strangers send is checked outside of the doors.
    private static readonly string[] Checks =
    [
        "src/Siar.Hub/Events/EventRules.cs", "src/Siar.Hub/Limits/EventAdmission.cs", "src/Siar.Hub/Limits/PatternBudget.cs", "src/Siar.Hub/Publishing/PublishRefusal.cs",
        "src/Siar.Hub/Revoking/CallerFilter.cs", "src/Siar.Hub/Revoking/Revocations.cs",
        "src/Siar.Topics/Matching/Topic.cs", "src/Siar.Topics/Matching/Matcher.cs", "src/Siar.UrlPatterns/Patterns/UrlPattern.cs", "src/Siar.UrlPatterns/UriTemplates/UriTemplateParser.cs",
        "src/Siar.Wire/FieldText.cs",
    ];

    // What they say is said when the application starts, or in a header field.
    private static readonly string[] NotOfRequests =
    [
        "src/Siar.AspNetCore/SiarOptionsValidator.cs", "src/Siar.AspNetCore/Tokens/TokenOptionsCheck.cs", "src/Siar.AspNetCore/Tokens/TokenKeys.cs",
        "src/Siar.AspNetCore/Origins/OriginList.cs", "src/Siar.AspNetCore/Refusals/RefusalResponse.cs",
    ];

    private static readonly Dictionary<string, int?> Makers = new(StringComparer.Ordinal)
    {
        ["Invalid"] = 400, ["InvalidCredentials"] = 400, ["Forbidden"] = 403, ["TooLarge"] = 413, ["Unsupported"] = 415, ["TooMany"] = 429, ["Unavailable"] = 503,
        ["Refusal"] = null, ["LimitExceededException"] = 503,
    };

    public static IReadOnlyList<RefusalSentence> InCode { get; } = [.. Repository.Files.Where(MayRefuse).SelectMany(f => Find(f, Repository.Read(f)))];

    /// <summary>The sentences in a file of code.</summary>
    public static IEnumerable<RefusalSentence> Find(string place, string code) =>
        from text in CSharpSyntaxTree.ParseText(code).GetRoot().DescendantNodes().OfType<ExpressionSyntax>().Where(IsText)
        where text.Parent is not BinaryExpressionSyntax && !text.Ancestors().Any(a => a is AttributeSyntax or InterpolationSyntax)
        let sentence = Hole().Replace(TextOf(text), "…")
        where sentence.Contains(' ', StringComparison.Ordinal)
        let maker = MakerOf(text)
        where maker is not null || IsReturned(text)
        select new RefusalSentence(place, sentence, maker is null ? null : StatusOf(maker));

    private static bool MayRefuse(string path) =>
        Checks.Contains(path) || (path.StartsWith("src/Siar.AspNetCore/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal) && !NotOfRequests.Contains(path));

    private static bool IsText(ExpressionSyntax node) => node switch
    {
        LiteralExpressionSyntax literal => literal.IsKind(SyntaxKind.StringLiteralExpression),
        InterpolatedStringExpressionSyntax => true,
        BinaryExpressionSyntax sum => sum.IsKind(SyntaxKind.AddExpression) && (IsText(sum.Left) || IsText(sum.Right)),
        _ => false,
    };

    private static string TextOf(ExpressionSyntax node) => node switch
    {
        LiteralExpressionSyntax literal when IsText(literal) => literal.Token.ValueText,
        InterpolatedStringExpressionSyntax text => string.Concat(text.Contents.Select(c => c is InterpolatedStringTextSyntax plain ? plain.TextToken.ValueText : "…")),
        BinaryExpressionSyntax sum when IsText(sum) => TextOf(sum.Left) + TextOf(sum.Right),
        _ => "…",
    };

    /// <summary>The nearest call that makes a refusal of the text.</summary>
    private static SyntaxNode? MakerOf(SyntaxNode text) => text.Ancestors().FirstOrDefault(a => NameOf(a) is { } name && Makers.ContainsKey(name));

    private static string? NameOf(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => member.Name.Identifier.Text,
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax name } => name.Identifier.Text,
        ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax type } => type.Identifier.Text,
        ImplicitObjectCreationExpressionSyntax made => made.FirstAncestorOrSelf<MemberDeclarationSyntax>() switch
        {
            FieldDeclarationSyntax field => field.Declaration.Type.ToString(),
            PropertyDeclarationSyntax property => property.Type.ToString(),
            MethodDeclarationSyntax method => method.ReturnType.ToString(),
            _ => null,
        },
        _ => null,
    };

    private static int? StatusOf(SyntaxNode maker) =>
        Makers[NameOf(maker)!] ?? (Status().Match(maker.ToString()) is { Success: true } found ? int.Parse(found.Groups["status"].Value) : null);

    /// <summary>Whether a check answers with it: a method that answers with text or null, that sets its error, or that is named for it.</summary>
    private static bool IsReturned(SyntaxNode text)
    {
        if (text.Ancestors().Any(a => a is ThrowStatementSyntax or ThrowExpressionSyntax)) return false;
        if (text.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not null) return false;
        if (text.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { Left: IdentifierNameSyntax { Identifier.Text: "error" or "Error" } }) return true;
        var method = text.FirstAncestorOrSelf<MethodDeclarationSyntax>();
        var type = text.FirstAncestorOrSelf<LocalFunctionStatementSyntax>()?.ReturnType ?? method?.ReturnType ?? text.FirstAncestorOrSelf<PropertyDeclarationSyntax>()?.Type;
        return type?.ToString() is "string?" || method?.Identifier.Text == "SentenceOf";
    }

    [GeneratedRegex("…+")]
    private static partial Regex Hole();

    [GeneratedRegex(@"StatusCodes\.Status(?<status>\d{3})", RegexOptions.ExplicitCapture)]
    private static partial Regex Status();
}
