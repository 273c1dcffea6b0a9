using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.Hub.Tests.Members;

/// <summary>The names of readers.</summary>
public sealed class ReaderIdTests
{
    [Fact]
    public void A_name_says_of_which_hub_a_reader_is() => Generated.Check(Gen.Choose(0, int.MaxValue), number =>
    {
        var hub = HubId.Create();
        var id = ReaderId.Create(hub, (long)number << 8);
        ReaderId.TryParseIri(ReaderId.ToIri(id), out var parsed).ShouldBeTrue();
        parsed.ShouldBe(id);
        ReaderId.TryRead(id, out var read, out var within).ShouldBeTrue();
        read.ShouldBe(hub);
        ReaderId.Of(hub, within).ShouldBe(id);
        HubId.TryParse(hub.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(hub);
    });

    [Fact]
    public void Names_are_those_of_a_UUID_of_version_8_in_the_order_in_which_readers_came_and_none_is_made_twice()
    {
        var hub = HubId.Create();
        var ids = Enumerable.Range(1, 1_000).Select(i => ReaderId.Create(hub, i)).ToList();
        ids.ShouldAllBe(id => id.Version == 8 && (id.Variant & 0xC) == 8);
        ids.Order(Comparer<Guid>.Create(MemberDirectory.InOrder)).ShouldBe(ids);
        ids.Select(ReaderId.ToIri).Order(StringComparer.Ordinal).ShouldBe(ids.Select(ReaderId.ToIri));
        ReaderId.Create(hub, 1).ShouldNotBe(ReaderId.Create(hub, 1));
    }

    [Fact]
    public void What_is_no_name_is_none()
    {
        ReaderId.TryRead(Guid.NewGuid(), out _, out _).ShouldBeFalse();
        foreach (var text in new[] { null, "", "urn:uuid:", "urn:uuid:x", $"{Guid.NewGuid()}", $"urn:uuid:{Guid.NewGuid():N}", $"URN:UUID:{Guid.NewGuid()}" }) ReaderId.TryParseIri(text, out _).ShouldBeFalse();
        foreach (var text in new[] { "", "0123456789abcd", "0123456789abcdef", "0123456789abcdg", " 123456789abcde", "+123456789abcde" }) HubId.TryParse(text, out _).ShouldBeFalse();
    }
}
