using FsCheck;
using FsCheck.Fluent;

namespace Siar.Topics.Tests;

/// <summary>Checks a property on generated input: the same on every run, and FsCheck prints the seed and the shrunken input of a failure.</summary>
internal static class Generated
{
    private const ulong Seed = 20_250_918;

    /// <summary>Text made of the given pieces, so that the syntax in question comes up often.</summary>
    public static Gen<string> Text(int maxPieces, params string[] pieces) =>
        from count in Gen.Choose(0, maxPieces)
        from chosen in Gen.ArrayOf(Gen.Elements(pieces), count)
        select string.Concat(chosen);

    /// <summary>Text of any UTF-16 code units, lone surrogates and controls included.</summary>
    public static Gen<string> AnyText(int maxLength) =>
        from count in Gen.Choose(0, maxLength)
        from units in Gen.ArrayOf(Gen.Choose(0, char.MaxValue), count)
        select string.Concat(units.Select(u => (char)u));

    public static Gen<List<T>> ListOf<T>(Gen<T> items, int most) =>
        from count in Gen.Choose(0, most)
        from list in Gen.ListOf(items, count)
        select list.ToList();

    public static void Holds<T>(Gen<T> inputs, Action<T> property, int cases = 2_000) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(Seed, 1),
            Prop.ForAll(inputs.ToArbitrary(), property));
}
