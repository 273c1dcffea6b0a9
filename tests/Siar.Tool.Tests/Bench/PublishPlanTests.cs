namespace Siar.Tool.Tests;

public sealed class PublishPlanTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 8)]
    [InlineData(10, 3)]
    [InlineData(3, 10)]
    [InlineData(7, 7)]
    public void Every_event_is_one_publishers_and_is_due_at_its_moment(int topics, int publishers)
    {
        const int Events = 200;
        const double Rate = 50;
        var plan = new PublishPlan(topics, publishers);
        var due = new List<double>();
        for (var publisher = 0; publisher < publishers; publisher++)
        {
            foreach (var unit in plan.UnitsOf(publisher))
            {
                plan.TopicOf(unit).ShouldBeInRange(0, topics - 1);
                plan.SlotOf(unit).ShouldBeInRange(0, plan.Slots - 1);
                for (long round = 0; round < plan.CountOf(unit, Events); round++) due.Add(plan.DueSeconds(unit, round, Rate));
            }
        }

        due.Order().ShouldBe(Enumerable.Range(0, Events).Select(i => i / Rate), tolerance: 1e-9);
    }

    [Fact]
    public void Events_of_a_topic_are_one_publishers_where_there_are_no_more_publishers_than_topics()
    {
        var plan = new PublishPlan(10, 4);

        plan.Slots.ShouldBe(1);
        Enumerable.Range(0, 4).SelectMany(plan.UnitsOf).Select(plan.TopicOf).Order().ShouldBe(Enumerable.Range(0, 10));
    }
}
