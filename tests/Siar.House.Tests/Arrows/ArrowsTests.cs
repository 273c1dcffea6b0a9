namespace Siar.House.Tests.Arrows;

public sealed class ArrowsTests
{
    public static TheoryData<string> Rooms => [.. Repository.Rooms];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_refers_only_to_the_rooms_that_the_house_lets_it(string room) =>
        HouseArrows.Violations(room, CompiledReferences.Of(Repository.AssemblyOf(room))).ShouldBeEmpty();

    /// <summary>The twin: the very files that the test above reads break the list when they are held against another room's line of it.</summary>
    [Theory]
    [InlineData("Siar.AspNetCore", "Siar.Wire")]
    [InlineData("Siar.AspNetCore", "Siar.Hub")]
    [InlineData("Siar.Hub", "Siar.Topics")]
    [InlineData("Siar.Hub", "Siar.Auth")]
    [InlineData("Siar.Tool", "Siar.Storage.Sqlite")]
    public void A_compiled_reference_that_the_house_forbids_is_found(string assembly, string heldTo) =>
        HouseArrows.Violations(heldTo, CompiledReferences.Of(Repository.AssemblyOf(assembly))).ShouldNotBeEmpty();

    [Theory]
    [InlineData("Siar.Wire", "Siar.Topics")]
    [InlineData("Siar.Wire", "Microsoft.Extensions.Logging.Abstractions")]
    [InlineData("Siar.Hub", "Siar.Storage.Sqlite")]
    [InlineData("Siar.Storage.Postgres", "Siar.Storage.Sqlite")]
    [InlineData("Siar.Storage.Nats", "Siar.Storage.Sqlite")]
    [InlineData("Siar.Auth", "Microsoft.AspNetCore.Http.Abstractions")]
    [InlineData("Siar.AspNetCore", "Siar.Storage.Sqlite")]
    [InlineData("Siar.Client", "Siar.Hub")]
    [InlineData("Siar.Garage", "System.Runtime")]
    public void A_reference_that_the_house_forbids_is_found(string room, string reference) =>
        HouseArrows.Violations(room, [reference]).ShouldHaveSingleItem();

    [Theory]
    [InlineData("Siar.Storage.Sqlite", "Siar.Topics")]
    [InlineData("Siar.Tool", "Siar.Storage.Postgres")]
    [InlineData("Siar.Storage.Nats", "Siar.Storage.Journal")]
    [InlineData("Siar.Storage.Journal", "Siar.Storage.Sqlite")]
    [InlineData("Siar.Wire", "System.Memory")]
    [InlineData("Siar.AspNetCore", "Microsoft.AspNetCore.Routing")]
    public void A_reference_that_the_house_allows_is_none(string room, string reference) =>
        HouseArrows.Violations(room, [reference]).ShouldBeEmpty();
}
