using System.Collections;

namespace Siar.Tool.Tests;

public sealed class AccessSettingsTests
{
    [Fact]
    public void The_names_of_the_reference_hub_are_understood()
    {
        var settings = Load(
            ("MERCURE_PUBLISHER_JWT_KEY", "p"), ("MERCURE_PUBLISHER_JWT_ALG", "HS512"), ("MERCURE_SUBSCRIBER_JWT_KEY", "s"),
            ("MERCURE_TRUSTED_ISSUERS", "https://a https://b"), ("SERVER_NAME", ":8080"));

        settings.Tokens.Publish.Keys.ShouldBe(["p"]);
        settings.Tokens.Publish.Algorithms.ShouldBe(["HS512"]);
        settings.Tokens.Subscribe.Keys.ShouldBe(["s"]);
        settings.Tokens.Issuers.ShouldBe(["https://a", "https://b"]);
        settings.Urls.Single().Url.ShouldBe("http://0.0.0.0:8080");
        AccessMode.IsDevelopment(settings).ShouldBeFalse();
    }

    [Theory]
    [InlineData("localhost", "https://localhost:443")]
    [InlineData("example.com:8443", "https://example.com:8443")]
    [InlineData(":80", "http://0.0.0.0:80")]
    [InlineData(":443", "https://0.0.0.0:443")]
    [InlineData("http://127.0.0.1:3000", "http://127.0.0.1:3000")]
    [InlineData("[::1]", "https://[::1]:443")]
    public void A_server_s_name_is_where_to_listen(string name, string url) =>
        Load(("SERVER_NAME", name), ("MERCURE_PUBLISHER_JWT_KEY", "p")).Urls.Single().Url.ShouldBe(url);

    [Fact]
    public void A_server_s_name_of_somebody_else_counts_for_nothing() => Load(("SERVER_NAME", ":80")).Urls.Single().Url.ShouldBe(ServeSettings.DefaultUrl);

    [Fact]
    public void The_hub_s_own_names_beat_those_of_another() =>
        Load(("SIAR_KEYS_PUBLISHER", "ours"), ("MERCURE_PUBLISHER_JWT_KEY", "theirs")).Tokens.Publish.Keys.ShouldBe(["ours"]);

    [Fact]
    public void Names_that_mean_nothing_here_get_a_sentence()
    {
        var variables = new Hashtable
        {
            ["MERCURE_PUBLISHER_JWT_KEY"] = "p", ["MERCURE_EXTRA_DIRECTIVES"] = "anonymous", ["GLOBAL_OPTIONS"] = "debug", ["CADDY_EXTRA_CONFIG"] = "", ["PATH"] = "/",
        };

        MercureEnvironment.Unknown(variables).Select(s => s.Split(' ')[0]).ShouldBe(["GLOBAL_OPTIONS", "MERCURE_EXTRA_DIRECTIVES"]);
        MercureEnvironment.Unknown(new Hashtable { ["GLOBAL_OPTIONS"] = "of another program" }).ShouldBeEmpty();
    }

    [Fact]
    public void A_misspelt_name_of_the_reference_hub_gets_the_right_one() =>
        MercureEnvironment.Unknown(new Hashtable { ["MERCURE_PUBLISHER_JWTKEY"] = "p", ["MERCURE_LICENSE"] = "x" }).ShouldBe([
            "MERCURE_LICENSE means something to Mercure's reference hub and changes nothing here: 'siar serve --print-config' shows the settings that there are.",
            "MERCURE_PUBLISHER_JWTKEY changes nothing here. Did you mean MERCURE_PUBLISHER_JWT_KEY?"]);

    [Fact]
    public void A_key_is_never_shown_nor_what_is_shown_taken_for_one()
    {
        var printed = SettingsPrinter.Print(Load(("SIAR_KEYS_PUBLISHER", "the secret")));

        printed.ShouldNotContain("the secret");
        printed.ShouldContain("\"publisher\": \"(hidden)\"");
        using var file = new SettingsOnDisk(printed);
        Should.Throw<SettingException>(() => SettingsLoader.Load(new SettingValue("--config", file.Path), new Hashtable(), []))
            .Message.ShouldEndWith("the key is not here, since --print-config hides it: write the key, or name its file.");
    }

    [Fact]
    public void Issuers_with_keys_of_their_own_are_printed_as_they_were_set()
    {
        using var key = new SettingsOnDisk("secret");
        var settings = Load(("SIAR_TRUSTED_ISSUERS",
            $$"""
            [{"issuer": "https://a", "url": "https://a/jwks", "algorithms": ["ES256"]}, {"issuer": "https://b", "role": "publisher", "files": ["{{key.Path}}"]}]
            """));
        var printed = SettingsPrinter.Print(settings);
        using var file = new SettingsOnDisk(printed);

        var again = SettingsLoader.Load(new SettingValue("--config", file.Path), new Hashtable(), []);

        SettingsPrinter.Print(again).ShouldBe(printed);
        again.Tokens.TrustedIssuers["https://a"].Subscribe.Url.ShouldBe("https://a/jwks");
        again.Tokens.TrustedIssuers["https://a"].Publish.Algorithms.ShouldBe(["ES256"]);
        again.Tokens.TrustedIssuers["https://b"].Publish.Files.ShouldBe([key.Path]);
        KeySettings.IsSet(again.Tokens.TrustedIssuers["https://b"].Subscribe).ShouldBeFalse();
        KeySettings.HasKeys(again).ShouldBeTrue();
    }

    [Theory]
    [InlineData("[", "SIAR_TRUSTED_ISSUERS: is not JSON: ")]
    [InlineData("{}", "SIAR_TRUSTED_ISSUERS: is not a list such as ")]
    [InlineData("[{\"url\":\"https://a\"}]", "SIAR_TRUSTED_ISSUERS[0]: has no issuer: ")]
    [InlineData("[{\"issuer\":\"https://a\"}]", "SIAR_TRUSTED_ISSUERS[0]: has no keys: ")]
    [InlineData("[{\"issuer\":\"https://a\",\"role\":\"both\"}]", "SIAR_TRUSTED_ISSUERS[0].role: 'both' is no role: ")]
    [InlineData("[{\"issuer\":\"https://a\",\"files\":[\"/nowhere\"]}]", "SIAR_TRUSTED_ISSUERS[0].files: there is no file '/nowhere'.")]
    [InlineData("[{\"issuer\":\"https://a\",\"jwks\":\"https://a\"}]", "SIAR_TRUSTED_ISSUERS[0].jwks: is not known: ")]
    public void A_wrong_issuer_is_named_with_its_place(string json, string sentence) =>
        Should.Throw<SettingException>(() => Load(("SIAR_TRUSTED_ISSUERS", json))).Message.ShouldStartWith(sentence);

    [Fact]
    public void Without_keys_a_hub_listens_to_this_machine_alone()
    {
        AccessMode.Refuse(Load(("SIAR_URLS", "http://0.0.0.0:80"))).ShouldNotBeNull().ShouldContain("without keys anybody there could publish");
        AccessMode.Refuse(Load(("SIAR_URLS", "http://0.0.0.0:80"), ("SIAR_KEYS_PUBLISHER", "p"))).ShouldBeNull();
        AccessMode.Refuse(Load(("SIAR_URLS", "http://0.0.0.0:80"), ("SIAR_KEYS_PUBLISHER", "p"), ("SIAR_DEV", "true"))).ShouldNotBeNull().ShouldContain("development mode lets anybody publish");
    }

    [Theory]
    [InlineData("development, for want of keys: ")]
    [InlineData("development: ", "SIAR_DEV", "true")]
    [InlineData("tokens: publishers need a token, and so do readers", "SIAR_KEYS_PUBLISHER", "p")]
    [InlineData("tokens: publishers need a token, readers only for private events", "SIAR_KEYS_PUBLISHER", "p", "SIAR_ANONYMOUS", "true")]
    [InlineData("tokens: publishers need a token, and so do readers, save for the public events of news/*, prices, which everybody may read", "SIAR_KEYS_PUBLISHER", "p", "SIAR_ANONYMOUS", "news/*,prices")]
    [InlineData("tokens: nobody may publish, for want of a key, ", "SIAR_KEYS_SUBSCRIBER", "p")]
    [InlineData("development, the keys do not count: ", "SIAR_KEYS_SUBSCRIBER", "p", "SIAR_DEV", "true")]
    public void The_mode_is_told(string words, params string[] variables) =>
        AccessMode.Describe(Load([.. variables.Chunk(2).Select(v => (v[0], v[1]))])).ShouldStartWith(words);

    private static ServeSettings Load(params (string Name, string Value)[] variables) =>
        SettingsLoader.Load(null, new Hashtable(variables.ToDictionary(v => v.Name, v => v.Value)), []);
}
