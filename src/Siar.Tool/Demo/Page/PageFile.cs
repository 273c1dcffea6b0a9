namespace Siar.Tool;

/// <summary>The files of the page, which are in the program itself.</summary>
internal static class PageFile
{
    public static string Read(string name)
    {
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream("page/" + name)
            ?? throw new FileNotFoundException($"The program was built without its page's file '{name}'.", name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
