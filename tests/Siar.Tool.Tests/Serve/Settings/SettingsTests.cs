using System.Collections;
using Siar.Hub;

namespace Siar.Tool.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void The_environment_beats_the_file_and_a_flag_beats_both()
    {
        using var file = new SettingsOnDisk("""{ "keepAlive": "1s", "maxLifetime": "1m", "limits": { "connections": 1 }, "demo": true }""");
        var variables = new Hashtable { ["SIAR_MAX_LIFETIME"] = "2m", ["SIAR_LIMITS_CONNECTIONS"] = "2", ["SIAR_URLS"] = "http://127.0.0.1:1" };

        var settings = Load(file.Path, variables, ("limits.connections", "3"), ("urls", "http://127.0.0.1:2"));

        settings.Siar.Hub.KeepAlive.ShouldBe(TimeSpan.FromSeconds(1));
        settings.Siar.Hub.MaxLifetime.ShouldBe(TimeSpan.FromMinutes(2));
        settings.Siar.Hub.Limits.Connections.ShouldBe(3);
        settings.Urls.Select(u => u.Url).ShouldBe(["http://127.0.0.1:2"]);
        settings.Demo.ShouldBeTrue();
    }

    [Fact]
    public void A_variable_names_the_file_where_no_flag_does()
    {
        using var named = new SettingsOnDisk("""{ "keepAlive": "1s" }""");
        using var flagged = new SettingsOnDisk("""{ "keepAlive": "2s" }""");
        var variables = new Hashtable { ["SIAR_CONFIG"] = named.Path };

        Load(null, variables).Siar.Hub.KeepAlive.ShouldBe(TimeSpan.FromSeconds(1));
        Load(flagged.Path, variables).Siar.Hub.KeepAlive.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void What_is_printed_sets_the_same_again()
    {
        using var file = new SettingsOnDisk(
            """
            {
              // Comments are allowed, and so is a comma too many.
              "urls": ["http://127.0.0.1:1", "http://[::1]:1"],
              "trustedProxies": ["10.0.0.0/8", "192.168.1.1"],
              "otlp": "http://127.0.0.1:4318",
              "windowBytes": "32MiB",
              "events": { "maxPageEvents": 500 },
              "retention": { "maxAge": "36h", "maxCount": null },
              "retentionClasses": [{ "prefix": "chat/", "maxCount": 10, "privateOnly": true }, { "prefix": "a", "maxAge": "5m" }],
            }
            """);
        var printed = SettingsPrinter.Print(Load(file.Path, new Hashtable()));
        using var again = new SettingsOnDisk(printed);

        var settings = Load(again.Path, new Hashtable());

        SettingsPrinter.Print(settings).ShouldBe(printed);
        settings.TrustedProxies.Select(n => n.ToString()).ShouldBe(["10.0.0.0/8", "192.168.1.1/32"]);
        settings.Siar.Hub.WindowBytes.ShouldBe(32L << 20);
        settings.Siar.MaxPageEvents.ShouldBe(500);
        settings.Siar.Hub.Retention.ShouldBe(new RetentionLimits(null, TimeSpan.FromHours(36), 1L << 30));
        settings.Siar.Hub.RetentionClasses.ShouldBe(
        [
            new RetentionClass("chat/", new RetentionLimits(10, null, null), PrivateOnly: true),
            new RetentionClass("a", new RetentionLimits(null, TimeSpan.FromMinutes(5), null)),
        ]);
    }

    [Fact]
    public void Every_setting_can_be_set_by_its_variable()
    {
        foreach (var setting in SettingCatalogue.All)
        {
            if (setting.Show(new ServeSettings([])) is not { } shown) continue;
            var text = setting.IsList ? string.Join(',', shown.AsArray().Select(i => i!.ToString())) : shown.ToString();

            var settings = Load(null, new Hashtable { [setting.VariableName] = text });

            setting.Show(settings)!.ToJsonString().ShouldBe(shown.ToJsonString(), setting.Name);
        }
    }

    [Fact]
    public void Every_option_of_the_hub_is_a_setting()
    {
        var numbers = typeof(HubOptions).GetProperties().Concat(typeof(LimitOptions).GetProperties()).Concat(typeof(AspNetCore.SiarOptions).GetProperties())
            .Count(p => p.CanWrite && (p.PropertyType == typeof(int) || p.PropertyType == typeof(long) || p.PropertyType == typeof(TimeSpan)));

        HubSettings.All.Count.ShouldBe(numbers);
        HubSettings.All.Select(s => s.Name).ShouldBeUnique();
    }

    [Fact]
    public void The_reference_names_every_setting_and_its_variable()
    {
        var reference = File.ReadAllText(Path.Combine(TestKit.Vectors.Root, "..", "..", "docs", "reference", "command-line.md"));

        foreach (var setting in SettingCatalogue.All) reference.ShouldContain($"| `{setting.Name}` | `{setting.VariableName}` |");
    }

    [Fact]
    public void A_variable_that_is_no_setting_is_named() =>
        SettingsEnvironment.Unknown(new Hashtable
        {
            ["SIAR_KEEPALIVE"] = "1s", ["SIAR_KEEP_ALIVE"] = "1s", ["SIAR_HUB"] = "http://a", ["SIAR_TOKEN"] = "t", ["SIAR_CONFIG"] = "f", ["PATH"] = "/",
        }).ShouldBe(["SIAR_KEEPALIVE"]);

    [Theory]
    [InlineData("SIAR_KEEPALIVE", " Did you mean SIAR_KEEP_ALIVE?")]
    [InlineData("SIAR_KEY_PUBLISHER", " Did you mean SIAR_KEYS_PUBLISHER?")]
    [InlineData("SIAR_STOR", " Did you mean SIAR_STORE?")]
    [InlineData("SIAR_CONFG", " Did you mean SIAR_CONFIG?")]
    [InlineData("SIAR_SOMETHING_ELSE_ALTOGETHER", "")]
    public void The_variable_that_was_meant_is_named(string written, string hint) => SettingsEnvironment.Hint(written).ShouldBe(hint);

    [Fact]
    public void A_byte_order_mark_before_the_file_is_dropped()
    {
        using var file = new SettingsOnDisk("\ufeff{\"keepAlive\": \"10s\"}");
        File.ReadAllBytes(file.Path)[0].ShouldBe((byte)0xEF);
        SettingsLoader.Load(new SettingValue("--config", file.Path), new Hashtable(), []).Siar.Hub.KeepAlive.ShouldBe(TimeSpan.FromSeconds(10));
        using var twice = new SettingsOnDisk("\ufeff\ufeff{}");
        Should.Throw<SettingException>(() => SettingsLoader.Load(new SettingValue("--config", twice.Path), new Hashtable(), []));
    }

    [Fact]
    public void The_hub_gets_what_was_set()
    {
        var settings = Load(null, new Hashtable { ["SIAR_LIMITS_EVENT_BYTES"] = "1KiB", ["SIAR_RETENTION_MAX_COUNT"] = "5" });
        var options = new AspNetCore.SiarOptions();

        settings.CopyTo(options);

        options.Hub.Limits.EventBytes.ShouldBe(1_024);
        options.Hub.Retention.MaxCount.ShouldBe(5);
    }

    [Theory]
    [InlineData("SIAR_KEEP_ALIVE", "0.5s", "SIAR_KEEP_ALIVE: '0.5s' is out of range: keepAlive must be from 1 s to 3600 s.")]
    [InlineData("SIAR_LIMITS_CONNECTIONS", "0", "SIAR_LIMITS_CONNECTIONS: '0' is out of range: limits.connections must be from 1 to 2147483647.")]
    [InlineData("SIAR_LIMITS_CONNECTIONS", "3000000000", "SIAR_LIMITS_CONNECTIONS: 3000000000 is more than limits.connections can be.")]
    [InlineData("SIAR_LANES", "two", "SIAR_LANES: 'two' is not a whole number.")]
    [InlineData("SIAR_DEMO", "maybe", "SIAR_DEMO: 'maybe' is neither true nor false.")]
    [InlineData("SIAR_STORE", "kafka", "SIAR_STORE: there is no store 'kafka': write sqlite:PATH, such as sqlite:siar.db, postgres:CONNECTION, nats:URL, redis:CONNECTION, or memory.")]
    [InlineData("SIAR_STORE", "sqlite:", "SIAR_STORE: names no file: write sqlite:PATH, such as sqlite:siar.db.")]
    [InlineData("SIAR_SQLITE_DURABILITY", "full", "SIAR_SQLITE_DURABILITY: 'full' is no durability: write power-loss ")]
    [InlineData("SIAR_SQLITE_READERS", "0", "SIAR_SQLITE_READERS: '0' is out of range: sqlite.readers must be from 1 to 64.")]
    [InlineData("SIAR_TRUSTED_PROXIES", "10.0.0.0/8,nearby", "SIAR_TRUSTED_PROXIES: 'nearby' is neither an address nor a network such as 10.0.0.0/8.")]
    [InlineData("SIAR_MAX_STREAMS_PER_CONNECTION", "0", "SIAR_MAX_STREAMS_PER_CONNECTION: '0' is not from 1 to 2147483647.")]
    [InlineData("SIAR_OTLP", "localhost:4318", "SIAR_OTLP: 'localhost:4318' is not an endpoint: write one such as http://127.0.0.1:4318.")]
    [InlineData("SIAR_CERTIFICATE_FILE", "/nowhere.pem", "SIAR_CERTIFICATE_FILE: there is no file '/nowhere.pem'.")]
    [InlineData("SIAR_RETENTION_MAX_COUNT", "0", "SIAR_RETENTION_MAX_COUNT: '0' keeps nothing: write a number above 0, or none for no limit.")]
    [InlineData("SIAR_RETENTION_CLASSES", "[", "SIAR_RETENTION_CLASSES: is not JSON: ")]
    [InlineData("SIAR_RETENTION_CLASSES", "{}", "SIAR_RETENTION_CLASSES: is not a list such as ")]
    [InlineData("SIAR_RETENTION_CLASSES", "[{}]", "SIAR_RETENTION_CLASSES[0]: has no prefix: ")]
    [InlineData("SIAR_RETENTION_CLASSES", """[{"prefix":"a"},{"prefix":"b","maxAge":5}]""", "SIAR_RETENTION_CLASSES[1].maxAge: '5' is not a duration")]
    [InlineData("SIAR_RETENTION_CLASSES", """[{"prefix":"a","age":"5s"}]""", "SIAR_RETENTION_CLASSES[0].age: is not known: ")]
    [InlineData("SIAR_CONFIG", "/nowhere.json", "SIAR_CONFIG: the file '/nowhere.json' cannot be read: ")]
    public void A_wrong_value_is_named_with_its_place(string variable, string text, string sentence) =>
        Should.Throw<SettingException>(() => Load(null, new Hashtable { [variable] = text })).Message.ShouldStartWith(sentence);

    [Theory]
    [InlineData("""{ "keepalive": "15s" }""", ": keepalive is not a setting: 'siar serve --print-config' shows all there are.")]
    [InlineData("""{ "limits": { "conections": 1 } }""", ": limits.conections is not a setting: ")]
    [InlineData("""{ "limits": { "connections": "many" } }""", ": limits.connections: 'many' is not a whole number.")]
    [InlineData("""{ "store": ["memory"] }""", ": store: there is no store")]
    [InlineData("""[]""", "is not a JSON object.")]
    [InlineData("""{ "demo": """, "is not JSON: ")]
    public void A_wrong_file_is_named_with_the_place_in_it(string json, string sentence)
    {
        using var file = new SettingsOnDisk(json);

        var message = Should.Throw<SettingException>(() => Load(file.Path, new Hashtable())).Message;

        message.ShouldContain(file.Path);
        message.ShouldContain(sentence);
    }

    private static ServeSettings Load(string? file, IDictionary variables, params (string Name, string Text)[] flags) => SettingsLoader.Load(
        file is null ? null : new SettingValue("--config", file),
        variables,
        flags.Select(f => (SettingCatalogue.Find(f.Name)!, new SettingValue("--" + f.Name, f.Text))));
}
