using System.Collections;
using System.Security.Cryptography;
using Siar.Auth;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.Tool.Tests;

[Trait("runs", "siar")]
public sealed class TokenRunTests : IDisposable
{
    private const string Secret = "!ChangeThisMercureHubJWTSecretKey!";
    private const string Hub = "https://localhost/.well-known/mercure";

    private readonly TestFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_token_of_1_0_allows_what_was_asked_for_and_says_so()
    {
        var order = new TokenOrder
        {
            Key = Value("--key", Secret), Resource = Hub, Publish = [Value("--publish", "news")],
            SubscribePatterns = [Value("--subscribe-pattern", "https://example.com/users/:id")], Subject = "ann", Payload = Value("--payload", """{"name":"Ann"}"""),
        };

        var (exitCode, token, words) = Run(order);

        exitCode.ShouldBe(ExitCode.Ok);
        var end = (_time.GetUtcNow() + TimeSpan.FromHours(1)).UtcDateTime;
        words.ShouldBe(
            $$"""
            A token of Mercure 1.0, signed with HS256. It allows whoever holds it, until {{end:yyyy-MM-dd HH:mm:ss}} UTC (1h):
              to publish on the topic 'news'
              to read, private events included, topics that the URL Pattern 'https://example.com/users/:id' matches
              to read public events of every topic on the Mercure path
            It is for the hub https://localhost/.well-known/mercure, and is issued by https://localhost.
            Those who may see who is subscribed are told: {"name":"Ann"}

            """);
        var publisher = await GrantAsync(token, TokenRole.Publish);
        publisher.MayPublish([Topic.Parse("news")]).ShouldBeTrue();
        publisher.MayPublish([Topic.Parse("other")]).ShouldBeFalse();
        publisher.Subject.ShouldBe("ann");
        publisher.Expires!.Value.UtcDateTime.ShouldBe(end);
        var subscriber = await GrantAsync(token, TokenRole.Subscribe);
        subscriber.MayRead([Topic.Parse("https://example.com/users/7")]).ShouldBeTrue();
        subscriber.MayRead([Topic.Parse("https://example.com/")]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_token_of_0_x_may_have_templates_and_no_end()
    {
        var order = new TokenOrder
        {
            Key = Value("--key", Secret), Dialect = Value("--dialect", "0.x"), Expires = Value("--expires", "none"),
            Publish = [Value("--publish", "*")], Subscribe = [Value("--subscribe", "https://example.com/{id}")],
        };

        var (exitCode, token, words) = Run(order);

        exitCode.ShouldBe(ExitCode.Ok);
        words.ShouldBe(
            """
            A token of Mercure 0.x, signed with HS256. It allows whoever holds it, for ever, until the key is changed:
              to publish on every topic
              to read, private events included, topics that the URI Template 'https://example.com/{id}' matches
              to read public events of every topic on the Mercure path

            """);
        (await GrantAsync(token, TokenRole.Publish)).Publish.IsAll.ShouldBeTrue();
        var subscriber = await GrantAsync(token, TokenRole.Subscribe);
        subscriber.Dialect.ShouldBe(TokenDialect.V0);
        subscriber.Expires.ShouldBeNull();
        subscriber.MayRead([Topic.Parse("https://example.com/7")]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_private_key_comes_from_a_file_and_chooses_its_algorithm()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(_folder.File("key.pem"), ec.ExportPkcs8PrivateKeyPem());

        var (_, token, words) = Run(new TokenOrder { KeyFile = Value("--key-file", _folder.File("key.pem")), Resource = Hub, Publish = [Value("--publish", "*")] });

        words.ShouldContain("signed with ES256");
        var options = new TokenValidatorOptions();
        options.Trust(RoleKeys.Both(KeySource.Of(VerificationKey.FromPem(ec.ExportSubjectPublicKeyInfoPem()))), "https://localhost");
        (await new TokenValidator(options, _time).ValidateAsync(token, TokenRole.Publish, Hub)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void The_line_end_after_a_secret_in_a_file_is_no_part_of_it()
    {
        File.WriteAllText(_folder.File("secret"), Secret + "\n");
        Should.NotThrow(() => GrantAsync(Run(new TokenOrder { KeyFile = Value("--key-file", _folder.File("secret")), Resource = Hub }).Token, TokenRole.Subscribe).AsTask());
    }

    [Fact]
    public void Quiet_prints_the_token_alone() =>
        Run(new TokenOrder { Key = Value("--key", Secret), Resource = Hub }, isQuiet: true).Words.ShouldBeEmpty();

    [Fact]
    public void The_key_is_the_one_of_the_hub_on_this_machine_in_the_role_that_is_asked_for()
    {
        var variables = new Hashtable { ["SIAR_KEYS_PUBLISHER"] = "p", ["MERCURE_PUBLISHER_JWT_KEY"] = "not this", ["MERCURE_SUBSCRIBER_JWT_KEY"] = "s" };

        Run(new TokenOrder { Publish = [Value("--publish", "a")] }, variables: variables).Code.ShouldBe(ExitCode.Ok);
        Run(new TokenOrder { Subscribe = [Value("--subscribe", "a")] }, variables: variables).Code.ShouldBe(ExitCode.Ok);
        var (code, token, words) = Run(new TokenOrder { Publish = [Value("--publish", "a")], Subscribe = [Value("--subscribe", "a")] }, variables: variables);
        code.ShouldBe(ExitCode.Usage);
        token.ShouldBeEmpty();
        words.ShouldStartWith("siar token: the keys of publishers and subscribers are not the same");
    }

    [Theory]
    [InlineData("--key", "", "The secret is empty")]
    [InlineData("--key-file", "/nowhere.pem", "--key-file: the file '/nowhere.pem' cannot be read")]
    [InlineData("--dialect", "2", "--dialect: there is no dialect '2': write 1.0 or 0.x.")]
    [InlineData("--expires", "soon", "--expires: 'soon' is not a duration")]
    [InlineData("--expires", "0", "--expires: '0' is not from 1s to 36500d.")]
    [InlineData("--expires", "none", "--expires: a token of Mercure 1.0 must end")]
    [InlineData("--payload", "{", "--payload: is not JSON: ")]
    [InlineData("--payload", "7", "The payload of a token of Mercure 1.0 must be a JSON object.")]
    [InlineData("--publish", "a\nb", "--publish: ")]
    [InlineData("--publish-pattern", "https://example.com/(", "--publish-pattern: ")]
    [InlineData("--algorithm", "ES256", "The algorithm ES256 does not fit an HMAC secret")]
    [InlineData("--algorithm", "none", "The algorithm none does not fit an HMAC secret")]
    [InlineData("--resource", "here", "--resource: 'here' is not the URL of a hub")]
    public void A_wrong_order_is_told_in_a_sentence(string flag, string text, string sentence)
    {
        var value = Value(flag, text);
        var order = new TokenOrder { Key = flag == "--key-file" ? null : Value("--key", Secret), Resource = Hub };
        order = flag switch
        {
            "--key" => order with { Key = value },
            "--key-file" => order with { KeyFile = value },
            "--dialect" => order with { Dialect = value },
            "--expires" => order with { Expires = value },
            "--payload" => order with { Payload = value },
            "--publish" => order with { Publish = [value] },
            "--publish-pattern" => order with { PublishPatterns = [value] },
            "--algorithm" => order with { Algorithm = text },
            _ => order with { Resource = text },
        };

        var (code, token, words) = Run(order);

        code.ShouldBe(ExitCode.Usage);
        token.ShouldBeEmpty();
        words.ShouldStartWith("siar token: " + sentence);
    }

    [Fact]
    public void Without_any_key_it_says_where_one_may_be() =>
        Run(new TokenOrder { Publish = [Value("--publish", "a")] }).Words.ShouldBe(
            "siar token: there is no key to sign with: name its file with --key-file, or set SIAR_KEYS_PUBLISHER as the hub has it.\n");

    [Fact]
    public async Task The_program_prints_it()
    {
        var (exitCode, output, errors) = await SiarProcess.RunAsync("token", "--key", Secret, "--resource", Hub, "--publish", "a", "--subscribe", "*");

        exitCode.ShouldBe(ExitCode.Ok);
        errors.ShouldContain("to publish on the topic 'a'");
        output.Split('.').Length.ShouldBe(3);
    }

    private static SettingValue Value(string origin, string text) => new(origin, text);

    private (int Code, string Token, string Words) Run(TokenOrder order, bool isQuiet = false, IDictionary? variables = null)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = TokenRun.Run(order, isQuiet, variables ?? new Hashtable(), _time, output, errors);
        return (code, output.ToString().TrimEnd('\n'), errors.ToString());
    }

    private async ValueTask<Grant> GrantAsync(string token, TokenRole role)
    {
        var options = new TokenValidatorOptions();
        options.Trust(RoleKeys.Both(KeySource.Of(VerificationKey.FromText(Secret))), "https://localhost");
        var result = await new TokenValidator(options, _time).ValidateAsync(token, role, Hub);
        return result.Grant.ShouldNotBeNull(result.Failure?.ToString());
    }
}
