namespace Siar.House.Tests.Docs;

public sealed class SnippetTests
{
    [Fact]
    public void Every_snippet_of_CSharp_compiles()
    {
        var snippets = Pages.Tested("csharp");
        snippets.ShouldNotBeEmpty();
        snippets.SelectMany(s => SnippetCompiler.Errors(s.Text).Select(e => $"{s.Place}: {e}")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("app.MapSihar();")]
    [InlineData("await hub.PublishAsync(\"prices\");")]
    [InlineData("var builder = WebApplication.CreateBuilder(args)")]
    public void A_snippet_that_does_not_compile_is_found(string snippet) => SnippetCompiler.Errors(snippet).ShouldNotBeEmpty();

    [Theory]
    [InlineData("app.MapGet(\"/\", () => \"hello\");")]
    [InlineData("using Siar.Hub;\n\nIHub mine = hub;")]
    [InlineData("builder.Services.AddSiar();")]
    public void What_a_snippet_may_take_for_granted_is_given(string snippet) => SnippetCompiler.Errors(snippet).ShouldBeEmpty();
}
