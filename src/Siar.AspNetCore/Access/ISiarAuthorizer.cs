namespace Siar.AspNetCore;

/// <summary>
/// Says what a caller may do, in applications that have rules of their own. Asked once for each request to <c>/events</c> and the Mercure
/// path; may be called concurrently. An exception refuses the request as a failure of the application.
/// </summary>
public interface ISiarAuthorizer
{
    /// <summary>Answers what the caller may do, or null for a caller that is not known, who is answered 401.</summary>
    ValueTask<SiarAccess?> AuthorizeAsync(HttpContext context, CancellationToken cancellationToken);
}

/// <summary>An authoriser that is a function.</summary>
internal sealed class DelegateAuthorizer(Func<HttpContext, ValueTask<SiarAccess?>> authorize) : ISiarAuthorizer
{
    public ValueTask<SiarAccess?> AuthorizeAsync(HttpContext context, CancellationToken cancellationToken) => authorize(context);
}
