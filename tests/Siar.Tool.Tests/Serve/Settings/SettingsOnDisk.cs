namespace Siar.Tool.Tests;

/// <summary>A file of settings for one test.</summary>
internal sealed class SettingsOnDisk : IDisposable
{
    public SettingsOnDisk(string json)
    {
        Path = System.IO.Path.GetTempFileName();
        File.WriteAllText(Path, json);
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
