namespace Siar.AspNetCore;

/// <summary>Either what a caller may do, or why the request is refused.</summary>
internal readonly record struct AccessDecision(SiarAccess? Access, Refusal? Refusal)
{
    public static implicit operator AccessDecision(SiarAccess access) => new(access, null);

    public static implicit operator AccessDecision(Refusal refusal) => new(null, refusal);
}
