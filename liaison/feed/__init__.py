"""A person's calendar subscription: meetings they are asked to and action items they owe, behind one secret address."""
