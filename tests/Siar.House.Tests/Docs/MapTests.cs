namespace Siar.House.Tests.Docs;

public sealed class MapTests
{
    private const string Page = "CONTRIBUTING.md";

    [Fact]
    public void The_map_of_the_house_shows_every_room() => Unlisted(Repository.Rooms).ShouldBeEmpty();

    [Fact]
    public void A_room_that_is_not_on_the_map_is_found() => Unlisted([.. Repository.Rooms, "Siar.Garage"]).ShouldHaveSingleItem();

    private static IEnumerable<string> Unlisted(IEnumerable<string> rooms) =>
        rooms.Where(r => !Repository.Read(Page).Contains($"| `src/{r}` | ", StringComparison.Ordinal)).Select(r => $"{Page} has no row for {r}.");
}
