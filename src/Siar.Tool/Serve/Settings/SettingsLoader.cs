using System.Collections;

namespace Siar.Tool;

/// <summary>Puts the settings together: from the file, then the environment (what begins with SIAR_ beats the names of another hub), then the flags; what comes later wins.</summary>
internal static class SettingsLoader
{
    /// <summary>The variable that names the file where no flag does.</summary>
    public const string FileVariable = "SIAR_CONFIG";

    /// <summary>The file that the environment names; null where it names none.</summary>
    public static SettingValue? FileIn(IDictionary variables) => variables[FileVariable] is string { Length: > 0 } path ? new SettingValue(FileVariable, path) : null;

    /// <summary>Reads what there is.</summary>
    /// <param name="file">What the flag names; null where there is none.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="flags">What the command line says.</param>
    /// <exception cref="SettingException">A setting is wrong.</exception>
    public static ServeSettings Load(SettingValue? file, IDictionary variables, IEnumerable<(Setting Setting, SettingValue Value)> flags) =>
        new([.. Read(file, variables), .. flags]);

    /// <summary>Reads only some of them: what is wrong in a value of another changes nothing.</summary>
    /// <param name="file">What the flag names; null where there is none.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="isWanted">Which settings, by name.</param>
    /// <exception cref="SettingException">A wanted setting is wrong, or the file has one that does not exist.</exception>
    public static ServeSettings LoadSome(SettingValue? file, IDictionary variables, Func<string, bool> isWanted) =>
        new([.. Read(file, variables).Where(s => isWanted(s.Setting.Name))]);

    private static IEnumerable<(Setting Setting, SettingValue Value)> Read(SettingValue? file, IDictionary variables)
    {
        file ??= FileIn(variables);
        var fromFile = file is null ? [] : SettingsFile.Read(file);
        return [.. fromFile, .. MercureEnvironment.Read(variables), .. SettingsEnvironment.Read(variables)];
    }
}
