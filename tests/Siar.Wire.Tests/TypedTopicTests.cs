using System.Text.Json.Serialization;
using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.Wire.Tests;

/// <summary>Topics whose events are JSON of one type.</summary>
public sealed partial class TypedTopicTests
{
    private static readonly Topic<Order> Orders = new("shops/{shop}/orders/{id}", Shop.Default.Order);

    [Fact]
    public void One_of_a_family_has_a_value_for_each_variable_as_one_segment()
    {
        Orders.Variables.ShouldBe(["shop", "id"]);
        var one = Orders.With("a/b", "7 ü*");
        one.Name.ShouldBe("shops/a%2Fb/orders/7%20%C3%BC%2A");
        one.Variables.ShouldBeEmpty();
    }

    [Fact]
    public void Whatever_the_values_are_no_two_lists_of_them_are_one_topic() => Generated.Check(
        from texts in Gen.ArrayOf(Generated.Text(4, "a", "/", "%", "%2F", "{", "}", "*", " ", "ü", "orders", "\0", "\n").Where(t => t.Length > 0), 4)
        select texts,
        texts =>
        {
            var (one, other) = (Orders.With(texts[0], texts[1]).Name, Orders.With(texts[2], texts[3]).Name);
            (one == other).ShouldBe(texts[0] == texts[2] && texts[1] == texts[3]);
            one.Split('/').Length.ShouldBe(4);
            one.ShouldNotContain('{');
        });

    [Fact]
    public void A_family_is_no_topic_by_itself() =>
        Should.Throw<InvalidOperationException>(() => Orders.Name).Message.ShouldBe("'shops/{shop}/orders/{id}' is a family of topics: name one by With, with a value for shop and id.");

    [Theory]
    [InlineData("a")]
    [InlineData("a", "")]
    [InlineData("a", "b", "c")]
    public void Values_that_do_not_fit_are_refused(params string[] values) => Should.Throw<ArgumentException>(() => Orders.With(values));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("orders/{id", "has no partner")]
    [InlineData("orders/id}", "has no partner")]
    [InlineData("orders/{}", "'{}' of the topic 'orders/{}' is no variable")]
    [InlineData("orders/{+id}", "is no variable")]
    [InlineData("{id}/{id}", "is twice")]
    public void A_template_that_is_none_is_refused_in_a_sentence(string template, string said) =>
        Should.Throw<FormatException>(() => new Topic<Order>(template, Shop.Default.Order)).Message.ShouldContain(said);

    [Fact]
    public void Data_is_written_and_read_by_the_type_that_was_given()
    {
        var topic = new Topic<Order>("orders", Shop.Default.Order);
        topic.Name.ShouldBe("orders");
        topic.Deserialize(topic.Serialize(new Order(7))).ShouldBe(new Order(7));
        new Topic<Order>("orders").Serialize(new Order(7)).ShouldBe("{\"number\":7}"u8.ToArray());
    }

    private sealed record Order(int Number);

    [JsonSerializable(typeof(Order))]
    private sealed partial class Shop : JsonSerializerContext;
}
