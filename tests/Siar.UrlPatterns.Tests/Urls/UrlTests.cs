namespace Siar.UrlPatterns.Tests.Urls;

public sealed class UrlTests
{
    [Fact]
    public void Every_component_of_a_full_URL_is_told()
    {
        var url = Url.Parse("HTTPS://Us er:p@ss@EXAMPLE.com:8443/a/../b?q=1#f");

        url.Scheme.ShouldBe("https");
        url.Username.ShouldBe("Us%20er");
        url.Password.ShouldBe("p%40ss");
        url.Host.ShouldBe("example.com");
        url.Port.ShouldBe(8443);
        url.Pathname.ShouldBe("/b");
        url.Search.ShouldBe("q=1");
        url.Hash.ShouldBe("f");
        url.HasOpaquePath.ShouldBeFalse();
        url.Href.ShouldBe("https://Us%20er:p%40ss@example.com:8443/b?q=1#f");
        url.HrefWithoutCredentials.ShouldBe("https://example.com:8443/b?q=1#f");
    }

    [Fact]
    public void An_absent_component_is_not_an_empty_one()
    {
        var bare = Url.Parse("urn:isbn:1");
        bare.Host.ShouldBeNull();
        bare.Port.ShouldBeNull();
        bare.Search.ShouldBeNull();
        bare.Hash.ShouldBeNull();
        bare.HasOpaquePath.ShouldBeTrue();

        var empty = Url.Parse("file:///x?#");
        empty.Host.ShouldBe("");
        empty.Search.ShouldBe("");
        empty.Hash.ShouldBe("");
    }

    [Fact]
    public void A_lone_surrogate_is_written_as_the_replacement_character()
    {
        Url.Parse("https://h/\ud83dx").Href.ShouldBe("https://h/%EF%BF%BDx");
        Url.Parse("https://h/?\udc00#\ud800x").Href.ShouldBe("https://h/?%EF%BF%BD#%EF%BF%BDx");
        Url.Parse("https://u\ud83d@h/").Href.ShouldBe("https://u%EF%BF%BD@h/");
    }

    [Fact]
    public void Equality_is_that_of_the_normalised_text()
    {
        Url.Parse("HTTP://h:80/a/./b").ShouldBe(Url.Parse("http://H/a/b"));
        Url.Parse("http://h/a").ShouldNotBe(Url.Parse("http://h/A"));
    }

    [Fact]
    public void Text_that_is_no_URL_is_refused_with_a_sentence() =>
        Should.Throw<FormatException>(() => Url.Parse("example.com/x")).Message.ShouldContain("'example.com/x' is not an absolute URL");
}
