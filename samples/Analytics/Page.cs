namespace Analytics;

/// <summary>The board's page, which is in the program itself.</summary>
internal static class Page
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/", () => Read("index.html", "text/html; charset=utf-8"));
        app.MapGet("/board.js", () => Read("board.js", "text/javascript; charset=utf-8"));
        app.MapGet("/board.css", () => Read("board.css", "text/css; charset=utf-8"));
    }

    private static IResult Read(string name, string type) => Results.Stream(typeof(Page).Assembly.GetManifestResourceStream("board/" + name)!, type);
}
