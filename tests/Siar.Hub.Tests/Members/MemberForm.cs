using System.Text;
using Siar.Topics;

namespace Siar.Hub.Tests.Members;

/// <summary>Events about subscriptions, as short as they can be.</summary>
internal sealed class MemberForm : PresenceForm
{
    public const string Prefix = "/hub/subscriptions/";

    public override Event Write(Guid reader, PresenceSubscription subscription, bool isActive) => Event.Reserved(
        [Topic.Parse($"{Prefix}{subscription.MatchType}/{subscription.Match}/{reader}")],
        Encoding.UTF8.GetBytes($"{(isActive ? "+" : "-")} {reader} {subscription.MatchType} {subscription.Match} {subscription.Payload}"),
        default);

    public override bool MayBeOne(Event content) => content.Topics[0].Value.StartsWith(Prefix, StringComparison.Ordinal);

    public override PresenceWord? Read(Event content) => ReadOne(content);

    /// <summary>What an event tells; null where it tells nothing of subscriptions.</summary>
    public static PresenceWord? ReadOne(Event content) =>
        content.GetText().Split(' ', 5) is [("+" or "-") and var sign, var reader, var type, var match, var payload]
            ? new PresenceWord(Guid.Parse(reader), new PresenceSubscription(type, match, payload.Length == 0 ? null : payload), sign == "+")
            : null;
}

/// <summary>A reader with some subscriptions.</summary>
internal sealed class MemberEntry(IReadOnlyList<PresenceSubscription> subscriptions) : PresenceEntry
{
    private static readonly MemberForm Form = new();

    public MemberEntry(params string[] matches)
        : this([.. matches.Select(m => new PresenceSubscription("exact", m, null))])
    {
    }

    public override int Subscriptions => subscriptions.Count;

    public override int BytesOf(int subscription) => 200;

    public override Event MakeEvent(int subscription, bool isActive) => Form.Write(Id, Describe(subscription), isActive);

    public override PresenceSubscription Describe(int subscription) => subscriptions[subscription];

    public override PresenceEntry Renew(Guid id) => new MemberEntry(subscriptions) { Id = id, Address = Address, Reader = Reader };
}
