"""The plot of the data: points, decision map, borders, ranges, and the choice of the plane that is shown."""
