namespace Siar.Topics.Index;

/// <summary>Finds the items whose prefix a text begins with, in one walk along the text. A radix tree: a node's label may be long.</summary>
internal sealed class PrefixTree<T>
    where T : class
{
    private readonly Node _root = new("");

    public void Add(string prefix, T item)
    {
        var node = _root;
        var rest = prefix.AsSpan();
        while (rest.Length > 0)
        {
            node = node.Grow(rest);
            rest = rest[node.Label.Length..];
        }

        node.Items.Add(item);
    }

    public void Remove(string prefix, T item)
    {
        Node? parent = null;
        var node = _root;
        var rest = prefix.AsSpan();
        while (rest.Length > 0)
        {
            parent = node;
            if (node.Follow(rest) is not { } child) return;
            node = child;
            rest = rest[node.Label.Length..];
        }

        node.Items.Remove(item);
        node.Simplify(isRoot: parent is null);
        if (!node.IsBare || parent is null) return;
        parent.Children!.Remove(node.Label[0]);
        parent.Simplify(isRoot: parent == _root);
    }

    /// <summary>Appends the items whose prefix the text begins with.</summary>
    public void Find(ReadOnlySpan<char> text, List<T> into)
    {
        var node = _root;
        while (true)
        {
            node.Items.AppendTo(into);
            if (text.IsEmpty || node.Follow(text) is not { } child) return;
            node = child;
            text = text[node.Label.Length..];
        }
    }

    private sealed class Node(string label)
    {
        // A field, for a set is a struct that changes in place.
        public ValueSet<T> Items;

        public string Label { get; private set; } = label;

        public Dictionary<char, Node>? Children { get; private set; }

        public bool IsBare => Items.IsEmpty && Children is not { Count: > 0 };

        /// <summary>The child whose whole label the text begins with.</summary>
        public Node? Follow(ReadOnlySpan<char> text) =>
            Children is not null && Children.TryGetValue(text[0], out var child) && text.StartsWith(child.Label) ? child : null;

        /// <summary>A child whose whole label the text begins with: the one there is, the common part of it, or a new one.</summary>
        public Node Grow(ReadOnlySpan<char> text)
        {
            Children ??= [];
            if (!Children.TryGetValue(text[0], out var child)) return Children[text[0]] = new Node(text.ToString());
            var common = text.CommonPrefixLength(child.Label);
            if (common == child.Label.Length) return child;
            var upper = new Node(child.Label[..common]) { Children = [] };
            child.Label = child.Label[common..];
            upper.Children[child.Label[0]] = child;
            return Children[text[0]] = upper;
        }

        /// <summary>Takes an only child's place when nothing else is here.</summary>
        public void Simplify(bool isRoot)
        {
            if (isRoot || !Items.IsEmpty || Children is not { Count: 1 }) return;
            var only = Children.Values.First();
            Label += only.Label;
            Items = only.Items;
            Children = only.Children;
        }
    }
}
