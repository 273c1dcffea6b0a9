using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Siar.TestKit;

/// <summary>
/// Runs a test on generated input, the same on every machine: the seed is fixed, and a failure prints it with the smallest input found. To look
/// further than usual, set the environment variable <c>SIAR_SEED</c> to another number.
/// </summary>
public static class Generated
{
    private const ulong DefaultSeed = 20251123;

    /// <summary>Checks that the test throws for none of the generated inputs.</summary>
    /// <param name="inputs">What makes the inputs.</param>
    /// <param name="test">The test; it fails by throwing.</param>
    /// <param name="count">How many inputs to try.</param>
    public static void Check<T>(Gen<T> inputs, Action<T> test, int count = 1000) => Check(Arb.From(inputs), test, count);

    /// <summary>Checks that the test throws for none of the generated inputs, and looks for a smaller one where it does.</summary>
    /// <param name="inputs">What makes the inputs, and how to make one smaller.</param>
    /// <param name="test">The test; it fails by throwing.</param>
    /// <param name="count">How many inputs to try.</param>
    public static void Check<T>(Arbitrary<T> inputs, Action<T> test, int count = 1000)
    {
        var replay = FSharpOption<Replay>.Some(new Replay(new Rnd(Seed()), FSharpOption<int>.None));
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(replay), Prop.ForAll(inputs, test));
    }

    /// <summary>Text made of the given pieces, so that the syntax in question comes up often.</summary>
    /// <param name="maxPieces">The most pieces.</param>
    /// <param name="pieces">What to choose from.</param>
    public static Gen<string> Text(int maxPieces, params string[] pieces) =>
        from count in Gen.Choose(0, maxPieces)
        from chosen in Gen.ArrayOf(Gen.Elements(pieces), count)
        select string.Concat(chosen);

    /// <summary>Text of any UTF-16 code units, lone surrogates and controls included.</summary>
    /// <param name="maxLength">The most code units.</param>
    public static Gen<string> AnyText(int maxLength) =>
        from count in Gen.Choose(0, maxLength)
        from units in Gen.ArrayOf(Gen.Choose(0, char.MaxValue), count)
        select string.Concat(units.Select(u => (char)u));

    /// <summary>A list of generated items, as short as none.</summary>
    /// <param name="items">What makes the items.</param>
    /// <param name="most">The most items.</param>
    public static Gen<IReadOnlyList<T>> ListOf<T>(Gen<T> items, int most) =>
        from count in Gen.Choose(0, most)
        from list in Gen.ListOf(items, count)
        select (IReadOnlyList<T>)[.. list];

    private static ulong Seed() => Environment.GetEnvironmentVariable("SIAR_SEED") is { Length: > 0 } seed ? ulong.Parse(seed) : DefaultSeed;
}
