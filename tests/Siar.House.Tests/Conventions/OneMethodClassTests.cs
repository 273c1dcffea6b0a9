using Siar.House.Tests.Arrows;

namespace Siar.House.Tests.Conventions;

public sealed class OneMethodClassTests
{
    private const string Step = "namespace X; static class Step { public const int Most = 3; public static int Take(int x) => Half(x); private static int Half(int x) => x / 2; }";
    private const string Caller = "namespace X; class Caller { int Call() => Step.Take(1); }";

    public static TheoryData<string> Rooms => [.. OneMethodClasses.Rooms];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_static_class_of_a_room_is_one_step_of_anothers_act(string room) => OneMethodClasses.Find(ProjectCode.Of(room)).ShouldBeEmpty();

    /// <summary>The twin, in a room that keeps it.</summary>
    [Fact]
    public void A_step_that_is_a_class_of_its_own_is_found() =>
        OneMethodClasses.Find(new ProjectCode("Siar.Topics", [.. ProjectCode.FilesOf("Siar.Topics"), ("Index/Step.cs", Step)])).ShouldHaveSingleItem();

    [Theory]
    [InlineData("B/Caller.cs", Caller, "B/Other.cs", "namespace X; class Other { int Call() => Step.Take(1); }")]
    [InlineData("B/Caller.cs", Caller, "A/Nobody.cs", "namespace X; class Nobody;")]
    [InlineData("B/Caller.cs", Caller, "C/Other.cs", "namespace X; class Other { int Call() => Take(1); int Take(int x) => x; }")]
    public void A_step_with_callers_in_one_folder_is_found(string file, string text, string other, string otherText) =>
        OneMethodClasses.Find(new ProjectCode("X", [("A/Step.cs", Step), (file, text), (other, otherText)])).ShouldHaveSingleItem();

    [Theory]
    [InlineData("namespace X; class Other { int Call() => Step.Take(1); }", Step)]
    [InlineData("namespace X; class Other { System.Func<int, int> Call() => Step.Take; }", Step)]
    [InlineData("namespace X; class Other;", "namespace X; public static class Step { public static int Take(int x) => x; }")]
    [InlineData("namespace X; class Other;", "namespace X; static class Step { public static int Take(int x) => x; public static int Most => 3; }")]
    [InlineData("namespace X; class Other;", "namespace X; sealed class Step { public static int Take(int x) => x; }")]
    public void What_two_folders_call_or_users_may_or_does_more_is_let_be(string other, string step) =>
        OneMethodClasses.Find(new ProjectCode("X", [("A/Step.cs", step), ("B/Caller.cs", Caller), ("C/Other.cs", other)])).ShouldBeEmpty();
}
