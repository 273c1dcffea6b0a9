namespace Siar.Tool.Tests;

public sealed class ReloadingSettingsTests
{
    [Fact]
    public void What_a_setting_says_of_a_running_hub_is_what_the_hub_does()
    {
        foreach (var setting in HubSettings.All)
        {
            var inForce = new ServeSettings([]);
            var newer = new ServeSettings([(setting, OtherThan(setting, inForce))]);

            inForce.Siar.TakeOver(newer.Siar);

            var isTaken = setting.Show(inForce)!.ToJsonString() == setting.Show(newer)!.ToJsonString();
            isTaken.ShouldBe(setting.Reloads, setting.Name);
        }
    }

    [Fact]
    public void Settings_that_need_a_restart_stay_and_the_others_follow_also_to_their_defaults()
    {
        var before = Settings(("lanes", "3"), ("keepAlive", "9s"), ("limits.connections", "7"), ("keys.publisher", "one"));
        var wanted = Settings(("lanes", "4"), ("limits.connections", "8"), ("keys.publisher", "two"));

        var taken = before.With(wanted);

        before.ThatDifferIn(wanted).Select(s => s.Name).ShouldBe(["keys.publisher", "keepAlive", "lanes", "limits.connections"]);
        taken.ThatDifferIn(wanted).Select(s => s.Name).ShouldBe(["lanes"]);
        taken.Siar.Hub.KeepAlive.ShouldBe(new ServeSettings([]).Siar.Hub.KeepAlive);
        taken.Tokens.Publish.Keys.ShouldBe(["two"]);
    }

    private static ServeSettings Settings(params (string Name, string Text)[] assigned) =>
        new([.. assigned.Select(a => (SettingCatalogue.Find(a.Name)!, new SettingValue("test", a.Text)))]);

    // One of these is in every range, and none is every default.
    private static SettingValue OtherThan(Setting setting, ServeSettings settings)
    {
        foreach (var text in new[] { "2", "3", "77", "2000", "2MiB", "70000", "7s", "100s" })
        {
            try
            {
                var value = new SettingValue("test", text);
                var changed = new ServeSettings([(setting, value)]);
                if (setting.Show(changed)!.ToJsonString() != setting.Show(settings)!.ToJsonString()) return value;
            }
            catch (SettingException)
            {
                // Not of this kind, or out of its range.
            }
        }

        throw new InvalidOperationException($"There is no other value for {setting.Name}.");
    }
}
