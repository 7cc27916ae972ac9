"""What members send: pictures, recordings and documents for their posts, and their own pictures."""
