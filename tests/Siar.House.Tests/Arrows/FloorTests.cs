namespace Siar.House.Tests.Arrows;

public sealed class FloorTests
{
    private static readonly (string, string) Upper = ("Upper/Door.cs", "namespace X; class Door { Value Make() => new(); }");
    private static readonly (string, string) Lower = ("Lower/Value.cs", "namespace X; class Value;");

    public static TheoryData<string> Rooms => [.. Floors.Rooms];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Arrows_between_a_rooms_folders_go_one_way(string room)
    {
        var code = ProjectCode.Of(room);
        code.Unresolved.ShouldBeEmpty();
        Floors.ArrowsOf(code).ShouldNotBeEmpty();
        Floors.Circles(code).ShouldBeEmpty();
    }

    /// <summary>The twin: one line in the lowest floor of a room that has kept to it until now.</summary>
    [Theory]
    [InlineData("Siar.Topics", "Matching/Shortcut.cs", "namespace Siar.Topics; class Shortcut { object Make() => new TopicIndex<string>(); }")]
    [InlineData("Siar.UrlPatterns", "Idna/Shortcut.cs", "namespace Siar.UrlPatterns; class Shortcut { string Make() => Url.Parse(\"x:y\").Href; }")]
    [InlineData("Siar.UrlPatterns", "Regexes/Shortcut.cs", "namespace Siar.UrlPatterns; class Shortcut { int Size(UrlPattern pattern) => pattern.Size; }")]
    public void An_arrow_that_leads_back_up_is_found(string room, string file, string text) =>
        Floors.Circles(new ProjectCode(room, [.. ProjectCode.FilesOf(room), (file, text)])).ShouldNotBeEmpty();

    [Fact]
    public void Folders_of_which_one_names_the_other_are_floors() => Floors.Circles(new ProjectCode("X", [Upper, Lower])).ShouldBeEmpty();

    [Theory]
    [InlineData("Lower/Back.cs", "namespace X; class Back { Door? Door; }")]
    [InlineData("Lower/Back.cs", "namespace X; class Back { void Call(object o) => _ = o is Door; }")]
    [InlineData("Lower/Back.cs", "namespace X; class Back { string Call() => nameof(Door); }")]
    [InlineData("Lower/Back.cs", "namespace X; class Back { object Call(System.Func<Door> make) => make().Make(); }")]
    [InlineData("Lower/Back.cs", "namespace X; class Back { Value Call() => Over.There(); } static class Over { public static Value There() => new Door().Make(); }")]
    public void A_circle_is_found_however_it_is_closed(string file, string text) =>
        Floors.Circles(new ProjectCode("X", [Upper, Lower, (file, text)])).Count.ShouldBe(2);

    [Fact]
    public void A_circle_over_three_folders_is_found() =>
        Floors.Circles(new ProjectCode(
            "X", [("A/A.cs", "class A { B? B; }"), ("B/B.cs", "class B { C? C; }"), ("C/C.cs", "class C { A? A; }")])).Count.ShouldBe(3);

    [Fact]
    public void A_name_that_cannot_be_found_is_told_since_an_arrow_may_hide_behind_it() =>
        new ProjectCode("X", [Upper]).Unresolved.ShouldNotBeEmpty();
}
