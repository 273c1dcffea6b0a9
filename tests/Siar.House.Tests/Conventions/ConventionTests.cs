namespace Siar.House.Tests.Conventions;

public sealed class ConventionTests
{
    private static readonly Convention[] Conventions = [.. CodeConventions.All, .. PlaceConventions.All];

    public static TheoryData<string> Names => [.. Conventions.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_file_keeps_it(string name)
    {
        var convention = Named(name);
        var files = Repository.Files.Where(convention.AppliesTo).ToArray();
        files.ShouldNotBeEmpty();
        files.SelectMany(f => convention.Check(f, Repository.Read(f))).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_that_breaks_it_is_found(string name)
    {
        var (path, text) = Named(name).Broken;
        Named(name).Check(path, text).ShouldNotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_that_keeps_it_is_let_be(string name)
    {
        var (path, text) = Named(name).Kept;
        Named(name).Check(path, text).ShouldBeEmpty();
    }

    private static Convention Named(string name) => Conventions.Single(c => string.Equals(c.Name, name, StringComparison.Ordinal));
}
