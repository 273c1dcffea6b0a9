namespace Siar.House.Tests.Conventions;

/// <summary>A rule that every file of its kind keeps, with an example that breaks it and one that keeps it, so that the rule itself is tested.</summary>
internal sealed record Convention(string Name)
{
    /// <summary>Whether the rule speaks of the file.</summary>
    public required Func<string, bool> AppliesTo { get; init; }

    /// <summary>Finds what breaks the rule in a text, each as a sentence that says where.</summary>
    public required Func<string, IEnumerable<string>> Find { get; init; }

    /// <summary>A path and a text in which the rule finds something.</summary>
    public required (string Path, string Text) Broken { get; init; }

    /// <summary>A path and a text in which the rule finds nothing, close to the broken one.</summary>
    public required (string Path, string Text) Kept { get; init; }

    public IEnumerable<string> Check(string path, string text) => AppliesTo(path) ? Find(text).Select(f => $"{path}: {f}") : [];

    public override string ToString() => Name;
}
