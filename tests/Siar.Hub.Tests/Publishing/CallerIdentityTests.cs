using FsCheck.Fluent;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.Hub.Tests.Publishing;

/// <summary>A name is worth what its authority is: no two callers are one.</summary>
public sealed class CallerIdentityTests
{
    [Fact]
    public void Callers_that_differ_in_authority_or_name_differ_in_everything_that_is_kept_of_them()
    {
        CallerIdentity[] callers =
        [
            default, CallerIdentity.OfApplication("alice"), CallerIdentity.OfOwnKeys("alice"), CallerIdentity.OfToken("alice"),
            CallerIdentity.OfIssuer("https://a.example", "alice"), CallerIdentity.OfIssuer("https://b.example", "alice"), CallerIdentity.OfIssuer("", "alice"),
            CallerIdentity.OfIssuer("https://a.example" + "al", "ice"), CallerIdentity.OfApplication(CallerIdentity.OfToken("alice").Name),
            CallerIdentity.OfApplication("token:" + CallerIdentity.OfToken("alice").Name), CallerIdentity.OfApplication(CallerIdentity.OfOwnKeys("alice").ToScope()), CallerIdentity.OfApplication(""),
        ];
        callers.Distinct().Count().ShouldBe(callers.Length);
        callers.Select(c => c.ToScope()).Distinct().Count().ShouldBe(callers.Length);
        callers.Max(c => c.ToScope().Length).ShouldBeLessThan(64);
        CallerIdentity.OfIssuer("https://a.example", "alice").ShouldBe(CallerIdentity.OfIssuer("https://a.example", "alice"));
        default(CallerIdentity).ToScope().ShouldBeEmpty();
    }

    [Fact]
    public void No_way_of_dividing_the_same_text_into_issuer_and_subject_is_another_caller()
    {
        var texts = Gen.Choose(0, 12).SelectMany(_ => Gen.ArrayOf(Gen.Elements('a', ':', '/', '4')).Select(c => new string(c)));
        Generated.Check(texts, text =>
        {
            var scopes = Enumerable.Range(0, text.Length + 1).Select(i => CallerIdentity.OfIssuer(text[..i], text[i..]).ToScope());
            scopes.Distinct().Count().ShouldBe(text.Length + 1);
        }, 200);
    }

    [Fact]
    public async Task A_key_that_an_earlier_build_kept_is_found_where_the_publish_is_the_same_and_blocks_nobody_where_it_is_not()
    {
        var core = new TestCore();
        var key = new IdempotencyKey("alice", "key:1", EventFingerprint.Of([Make("kept")]), TimeSpan.FromHours(1));
        await core.Log.AppendAsync([new Append([Make("kept")]) { Idempotency = key }]);

        (await PublishAsync(core, "kept", "alice")).IsRepeat.ShouldBeTrue();
        (await PublishAsync(core, "other", "alice")).IsRepeat.ShouldBeFalse();
        core.Log.Head.ShouldBe(2);

        // A subject that is called as the hub calls another's keys finds none of them.
        var mine = CallerIdentity.OfIssuer("https://a.example", "alice").ToScope();
        (await PublishAsync(core, "other", mine, "https://b.example")).IsRepeat.ShouldBeFalse();
        core.Log.Head.ShouldBe(3);
    }

    private static async Task<Published> PublishAsync(TestCore core, string data, string former, string issuer = "https://a.example")
    {
        var options = new PublishOptions { IdempotencyKey = "key:1", Publisher = CallerIdentity.OfIssuer(issuer, "alice"), FormerPublisher = former };
        var publication = new Publication(options.ToAppend([Make(data)], TimeSpan.FromHours(1)), queuedAt: 0);
        await core.Hub.Sequencer.EnqueueAsync(publication, default);
        await core.SettleAsync();
        return await publication.Done;
    }

    private static Event Make(string data) => new(Topic.Parse("a"), data);
}
